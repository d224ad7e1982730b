using System.CommandLine;
using System.Globalization;
using Nura.Contracts;

namespace Nura.Cli;

/// <summary>"search": the pieces of files that fit a question best.</summary>
internal static class SearchCommand
{
    public static Command Create()
    {
        var query = new Argument<string[]>("query") { Description = "Words, identifiers, paths, quoted strings; several are joined.", Arity = ArgumentArity.OneOrMore };
        var budget = new Option<int?>("--budget") { Description = "Stop at about so many tokens of text." };
        var explain = new Option<bool>("--explain") { Description = "Say how each score came about." };
        var places = new Option<bool>("--places") { Description = "Write the places alone, without their text." };
        var kind = new Option<string?>("--kind", "-k") { Description = "Only files of this kind: source, test, document or configuration." };
        var scope = new Scope(10);
        var command = scope.AddTo(new Command("search", "Finds the pieces of files that fit a question best.") { query, kind, budget, explain, places });
        return Connection.Run(command, async (parse, nura, cancellationToken) =>
        {
            var request = new SearchRequest(
                string.Join(' ', parse.GetValue(query)!), await nura.IdentitiesAsync(parse.GetValue(scope.Repositories), cancellationToken), parse.GetValue(scope.Limit), parse.GetValue(budget),
                parse.GetValue(scope.Path), parse.GetValue(scope.Language), parse.GetValue(explain), parse.GetValue(scope.Ref),
                parse.GetValue(kind));
            var answer = await nura.Rag.SearchAsync(request, cancellationToken);
            if (nura.AsJson)
            {
                await nura.WriteJsonAsync(answer);
            }
            else
            {
                foreach (var hit in answer.Hits)
                {
                    await WriteAsync(nura.Output, hit, parse.GetValue(places));
                }

                if (answer.RepositoriesPending > 0)
                {
                    await nura.Error.WriteLineAsync($"{answer.RepositoriesPending} of the repositories are not indexed yet.");
                }
            }

            return answer.Hits.Count > 0 ? ExitCodes.Done : ExitCodes.NothingFound;
        });
    }

    private static async Task WriteAsync(TextWriter output, SearchHit hit, bool placesOnly)
    {
        await output.WriteLineAsync($"{hit.Citation}{(hit.Symbol is null ? "" : $"  {hit.Symbol}")}");
        if (hit.Explanation is { } explanation)
        {
            foreach (var lane in explanation.Lanes)
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {lane.Lane}: {lane.Chunk:F3} for the piece, {lane.File:F3} for its file (weight {lane.Weight})"));
            }

            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {explanation.Kind} x {explanation.Factor}; terms: {string.Join(", ", explanation.Terms.Select(term => $"{term.Term} in {term.Chunks}"))}"));
        }

        if (!placesOnly)
        {
            await output.WriteLineAsync();
            await output.WriteLineAsync(string.Join('\n', hit.Text.Split('\n').Select(line => $"    {line}")));
            await output.WriteLineAsync();
        }
    }
}
