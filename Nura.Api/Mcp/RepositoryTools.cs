using System.ComponentModel;
using System.Globalization;
using System.Text;
using ModelContextProtocol.Server;
using Nura.Contracts;

namespace Nura.Api.Mcp;

/// <summary>The index as tools. They answer text for a model, each piece under its citation, and see what the caller's key may see.</summary>
[McpServerToolType]
internal sealed class RepositoryTools(RagClient rag)
{
    private const int MostPieces = 20;
    private const int MostPlaces = 200;

    /// <summary>Characters of a file in one answer. A file may have a million, and clients refuse what would fill their model's context.</summary>
    private const int MostRead = 60_000;

    private const string OfRepository = "Only this repository, by its name.";
    private const string OfPath = "Only files below this folder, or that fit this pattern, such as src/**/*.cs.";
    private const string OfRef = "An indexed branch, tag or commit; the one that the repository follows if absent.";

    [McpServerTool(Name = "list_repositories", Title = "List the repositories", ReadOnly = true, OpenWorld = false), Description("The repositories that can be searched, with their state.")]
    public async Task<string> RepositoriesAsync(CancellationToken cancellationToken)
    {
        var repositories = await rag.ListAsync(cancellationToken).ToldAsync();
        return repositories.Count == 0 ? "There are none."
            : string.Join('\n', repositories.Select(view => $"{view.Name}: {view.State.ToString().ToLowerInvariant()}, {view.Files} files{(view.Ref is null ? "" : $", follows {view.Ref}")}"));
    }

    [McpServerTool(Name = "search", Title = "Search the code", ReadOnly = true, OpenWorld = false), Description("Finds the pieces of files that fit a question best. Takes questions, words, identifiers, paths and quoted strings.")]
    public async Task<string> SearchAsync(
        [Description("What is looked for; 1 to 8,192 characters.")] string query,
        [Description(OfRepository)] string? repository = null,
        [Description(OfPath)] string? path = null,
        [Description("Only files of this language, such as csharp.")] string? language = null,
        [Description("Most pieces, 1 to 20.")] int limit = 8,
        [Description(OfRef)] string? reference = null,
        CancellationToken cancellationToken = default)
    {
        var request = new SearchRequest(query, await IdentityAsync(repository, cancellationToken), Math.Clamp(limit, 1, MostPieces), PathPrefix: path, Language: language, Ref: reference);
        var answer = await rag.SearchAsync(request, cancellationToken).ToldAsync();
        var text = new StringBuilder();
        foreach (var hit in answer.Hits)
        {
            text.Append(CultureInfo.InvariantCulture, $"{hit.Citation}{(hit.Symbol is null ? "" : $" ({hit.Symbol})")}\n{hit.Text}\n\n");
        }

        if (answer.Hits.Count == 0)
        {
            text.Append("Nothing was found. Try other words, or identifiers as they stand in the code.\n");
        }

        if (answer.RepositoriesPending > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{answer.RepositoriesPending} of the repositories are not indexed yet.\n");
        }

        return text.ToString();
    }

    [McpServerTool(Name = "read_file", Title = "Read a file", ReadOnly = true, OpenWorld = false), Description("Lines of a file. A citation repository@commit:path#Lx-Ly names repository, reference (its commit), path and lines.")]
    public async Task<string> ReadAsync(
        [Description("The repository's name.")] string repository,
        [Description("Path from the repository's root.")] string path,
        [Description("First line, from 1.")] int startLine = 1,
        [Description("Last line; the file's last if absent. What is too long for one answer is cut, and the answer says where to go on.")] int? endLine = null,
        [Description("A branch, tag or commit; the indexed commit if absent.")] string? reference = null,
        CancellationToken cancellationToken = default)
    {
        var lines = await rag.ReadAsync(new ReadFile(repository, path, reference, startLine, endLine), cancellationToken).ToldAsync();
        return Read(lines.Citation, lines.Text, lines.TotalLines);
    }

    /// <summary>Lines under their citation, which names no more of them than are shown.</summary>
    internal static string Read(Citation citation, string text, int totalLines)
    {
        if (text.Length <= MostRead)
        {
            return $"{citation} of {totalLines} lines\n{text}";
        }

        // Behind a whole line, unless the first alone is too long.
        var end = text.LastIndexOf('\n', MostRead) is > 0 and var last ? last : MostRead;
        var shown = citation with { EndLine = citation.StartLine + text.AsSpan(0, end).Count('\n') };
        return $"{shown} of {totalLines} lines\n{text.AsSpan(0, end)}\nCut here, after {end} characters: go on with startLine {shown.EndLine + 1}.";
    }

    [McpServerTool(Name = "find_symbol", Title = "Find a definition", ReadOnly = true, OpenWorld = false), Description("Where a class, method, function or other symbol is defined.")]
    public async Task<string> SymbolsAsync(
        [Description("Its own name, without what is around it.")] string name,
        [Description("Whether names that only begin so count too.")] bool prefix = false,
        [Description(OfRepository)] string? repository = null,
        [Description(OfPath)] string? path = null,
        [Description(OfRef)] string? reference = null,
        CancellationToken cancellationToken = default)
    {
        var request = new SymbolRequest(name, prefix, Repositories: await IdentityAsync(repository, cancellationToken), Path: path, Take: MostPlaces, Ref: reference);
        var answer = await rag.SymbolsAsync(request, cancellationToken).ToldAsync();
        return Lines(answer.Hits.Select(hit => $"{hit.Citation} {hit.Kind} {(hit.Container is null ? "" : $"{hit.Container}.")}{hit.Name}: {hit.Signature.Trim()}"), answer.More);
    }

    [McpServerTool(Name = "find_references", Title = "Find uses", ReadOnly = true, OpenWorld = false), Description("The lines that hold a word, in whole and in its case: where a symbol is used.")]
    public async Task<string> ReferencesAsync(
        [Description("Letters, digits and underscores.")] string name,
        [Description(OfRepository)] string? repository = null,
        [Description(OfPath)] string? path = null,
        [Description(OfRef)] string? reference = null,
        CancellationToken cancellationToken = default)
    {
        var answer = await rag.ReferencesAsync(new ReferenceRequest(name, await IdentityAsync(repository, cancellationToken), path, Take: MostPlaces, Ref: reference), cancellationToken).ToldAsync();
        return Lines(answer.Hits.Select(hit => $"{hit.Citation}{(hit.IsDefinition ? " (definition)" : "")} {hit.Text.Trim()}"), answer.More);
    }

    [McpServerTool(Name = "grep", Title = "Find lines", ReadOnly = true, OpenWorld = false), Description("The lines that hold a text or fit a regular expression.")]
    public async Task<string> GrepAsync(
        [Description("The text or expression; matched within lines.")] string pattern,
        [Description("Whether it is a regular expression (.NET syntax without look-around and back-references).")] bool regex = false,
        [Description("Whether upper and lower case are the same.")] bool ignoreCase = false,
        [Description(OfRepository)] string? repository = null,
        [Description(OfPath)] string? path = null,
        [Description(OfRef)] string? reference = null,
        CancellationToken cancellationToken = default)
    {
        var request = new GrepRequest(pattern, regex, ignoreCase, await IdentityAsync(repository, cancellationToken), path, Take: MostPlaces, Ref: reference);
        var answer = await rag.GrepAsync(request, cancellationToken).ToldAsync();
        var lines = answer.Matches.Select(match => $"{match.Citation} {match.Text.Trim()}");
        return answer.TimedOut
            ? string.Join('\n', lines.Append($"The time ran out after {answer.FilesSearched} files: what is in the others is not known. Narrow it down by repository or path."))
            : Lines(lines, answer.Next is not null);
    }

    private static string Lines(IEnumerable<string> lines, bool more)
    {
        var text = string.Join('\n', lines);
        return text.Length == 0 ? "Nothing was found." : more ? $"{text}\nThere are more: narrow it down by repository or path." : text;
    }

    private async Task<IReadOnlyList<Guid>?> IdentityAsync(string? name, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(name))
        {
            return null;
        }

        var known = await rag.ListAsync(cancellationToken).ToldAsync();
        return known.FirstOrDefault(view => view.Name == name) is { } found
            ? [found.Id]
            : throw ToolProblems.Of($"There is no repository '{name}'.", known.Count == 0 ? null : $"There are: {string.Join(", ", known.Select(view => view.Name))}.");
    }
}
