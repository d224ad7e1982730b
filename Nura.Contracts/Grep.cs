namespace Nura.Contracts;

/// <summary>Asks for the lines that hold a text or fit a regular expression.</summary>
/// <param name="Pattern">1 to 1,000 characters; matched within lines.</param>
/// <param name="Regex">Whether it is a regular expression (.NET syntax without look-around and back-references), not a plain text.</param>
/// <param name="IgnoreCase">Whether upper and lower case are the same.</param>
/// <param name="Repositories">The repositories the caller may see; <see langword="null"/> for every one.</param>
/// <param name="Path">Only files below this folder, or that fit this pattern if it holds <c>*</c>.</param>
/// <param name="Language">Only files of this language.</param>
/// <param name="Take">Most lines to return, 1 to 1,000.</param>
/// <param name="After"><see cref="GrepAnswer.Next"/> of the page before.</param>
/// <param name="Ref">The indexed branch, tag or commit to look in; the one each repository follows when absent.</param>
public sealed record GrepRequest(
    string Pattern,
    bool Regex = false,
    bool IgnoreCase = false,
    IReadOnlyList<Guid>? Repositories = null,
    string? Path = null,
    string? Language = null,
    int Take = 100,
    string? After = null,
    string? Ref = null);

/// <summary>Lines in the order of repository, path and line.</summary>
/// <param name="Matches">The lines.</param>
/// <param name="Next">Where to go on, or <see langword="null"/> if this was the end.</param>
/// <param name="FilesSearched">How many files were looked at for this page.</param>
/// <param name="TimedOut">Whether the time for one page ran out; go on at <paramref name="Next"/>.</param>
public sealed record GrepAnswer(IReadOnlyList<GrepMatch> Matches, string? Next, int FilesSearched, bool TimedOut);

/// <summary>A line that matches.</summary>
/// <param name="Citation">The line.</param>
/// <param name="RepositoryId">The repository.</param>
/// <param name="Text">The line itself.</param>
/// <param name="Start">Index of the first match in it.</param>
/// <param name="Length">Length of that match.</param>
public sealed record GrepMatch(Citation Citation, Guid RepositoryId, string Text, int Start, int Length);

/// <summary>Asks for a file.</summary>
/// <param name="Repository">The repository's name.</param>
/// <param name="Path">Path from its root.</param>
/// <param name="Ref">Branch, tag or commit; the searchable commit when absent.</param>
/// <param name="StartLine">First line, from 1.</param>
/// <param name="EndLine">Last line, inclusive; the file's last when absent.</param>
/// <param name="Repositories">The repositories the caller may see; <see langword="null"/> for every one.</param>
public sealed record ReadFile(
    string Repository,
    string Path,
    string? Ref = null,
    int StartLine = 1,
    int? EndLine = null,
    IReadOnlyList<Guid>? Repositories = null);
