using System.CommandLine;
using Nura.Contracts;

namespace Nura.Cli;

/// <summary>"symbols" and "refs": where a name is defined, and where it stands.</summary>
internal static class LookupCommands
{
    public static Command CreateSymbols()
    {
        var name = new Argument<string>("name") { Description = "The name, without what is around it." };
        var prefix = new Option<bool>("--prefix") { Description = "Names that begin so count too." };
        var ignoreCase = new Option<bool>("--ignore-case", "-i") { Description = "Upper and lower case are the same." };
        var kind = new Option<string?>("--kind", "-k") { Description = "Only this kind: class, method, function, heading, ..." };
        var scope = new Scope(100);
        return Connection.Run(scope.AddTo(new Command("symbols", "Finds where something is defined.") { name, prefix, ignoreCase, kind }), async (parse, nura, cancellationToken) =>
        {
            var answer = await nura.Rag.SymbolsAsync(
                new SymbolRequest(
                    parse.GetValue(name)!, parse.GetValue(prefix), parse.GetValue(ignoreCase), parse.GetValue(kind), await nura.IdentitiesAsync(parse.GetValue(scope.Repositories), cancellationToken),
                    parse.GetValue(scope.Path), parse.GetValue(scope.Language), Take: parse.GetValue(scope.Limit), Ref: parse.GetValue(scope.Ref)),
                cancellationToken);
            return await WriteAsync(nura, answer, answer.Hits.Select(hit => $"{hit.Citation}  {hit.Kind}  {hit.Signature}"), answer.More);
        });
    }

    public static Command CreateReferences()
    {
        var name = new Argument<string>("name") { Description = "One word, in its case." };
        var scope = new Scope(100);
        return Connection.Run(scope.AddTo(new Command("refs", "Finds the lines that hold a name.") { name }), async (parse, nura, cancellationToken) =>
        {
            var answer = await nura.Rag.ReferencesAsync(
                new ReferenceRequest(
                    parse.GetValue(name)!, await nura.IdentitiesAsync(parse.GetValue(scope.Repositories), cancellationToken), parse.GetValue(scope.Path), parse.GetValue(scope.Language),
                    Take: parse.GetValue(scope.Limit), Ref: parse.GetValue(scope.Ref)),
                cancellationToken);
            return await WriteAsync(nura, answer, answer.Hits.Select(hit => $"{hit.Citation}{(hit.IsDefinition ? "  defined here" : "")}  {hit.Text.Trim()}"), answer.More);
        });
    }

    private static async Task<int> WriteAsync<T>(Connection nura, T answer, IEnumerable<string> lines, bool more)
    {
        var any = false;
        foreach (var line in lines)
        {
            any = true;
            if (!nura.AsJson)
            {
                await nura.Output.WriteLineAsync(line);
            }
        }

        if (nura.AsJson)
        {
            await nura.WriteJsonAsync(answer);
        }
        else if (more)
        {
            await nura.Error.WriteLineAsync("There are more; raise --limit.");
        }

        return any ? ExitCodes.Done : ExitCodes.NothingFound;
    }
}
