using System.CommandLine;
using Nura.Contracts;

namespace Nura.Cli;

/// <summary>"grep": the lines that hold a text or fit a regular expression.</summary>
internal static class GrepCommand
{
    private const int Page = 1000;

    public static Command Create()
    {
        var pattern = new Argument<string>("pattern") { Description = "A text; with --regex a regular expression without look-around and back-references." };
        var regex = new Option<bool>("--regex", "-E") { Description = "The pattern is a regular expression." };
        var ignoreCase = new Option<bool>("--ignore-case", "-i") { Description = "Upper and lower case are the same." };
        var scope = new Scope(1000);
        return Connection.Run(scope.AddTo(new Command("grep", "Finds lines by a text or a regular expression.") { pattern, regex, ignoreCase }), async (parse, nura, cancellationToken) =>
        {
            var left = parse.GetValue(scope.Limit);
            var request = new GrepRequest(
                parse.GetValue(pattern)!, parse.GetValue(regex), parse.GetValue(ignoreCase), await nura.IdentitiesAsync(parse.GetValue(scope.Repositories), cancellationToken),
                parse.GetValue(scope.Path), parse.GetValue(scope.Language), Ref: parse.GetValue(scope.Ref));
            var found = new List<GrepMatch>();
            GrepAnswer answer;
            do
            {
                answer = await nura.Rag.GrepAsync(request with { Take = Math.Min(left, Page) }, cancellationToken);
                left -= answer.Matches.Count;
                found.AddRange(answer.Matches);
                foreach (var match in nura.AsJson ? [] : answer.Matches)
                {
                    await nura.Output.WriteLineAsync($"{match.Citation}  {match.Text.Trim()}");
                }

                request = request with { After = answer.Next };
            }
            while (answer.Next is not null && left > 0);

            if (nura.AsJson)
            {
                await nura.WriteJsonAsync(answer with { Matches = found });
            }
            else if (answer.Next is not null)
            {
                await nura.Error.WriteLineAsync("There are more; raise --limit.");
            }

            return found.Count > 0 ? ExitCodes.Done : ExitCodes.NothingFound;
        });
    }
}
