namespace Nura.Contracts;

/// <summary>Asks where something is defined.</summary>
/// <param name="Name">Its own name, 1 to 200 characters, without what is around it.</param>
/// <param name="Prefix">Whether names that only begin so count too.</param>
/// <param name="IgnoreCase">Whether upper and lower case are the same.</param>
/// <param name="Kind">Only definitions of this kind, as in <see cref="SymbolHit.Kind"/>.</param>
/// <param name="Repositories">The repositories the caller may see; <see langword="null"/> for every one.</param>
/// <param name="Path">Only files below this folder, or that fit this pattern if it holds <c>*</c>.</param>
/// <param name="Language">Only files of this language.</param>
/// <param name="Skip">How many to pass over.</param>
/// <param name="Take">Most to return, 1 to 1,000.</param>
/// <param name="Ref">The indexed branch, tag or commit to look in; the one each repository follows when absent.</param>
public sealed record SymbolRequest(
    string Name,
    bool Prefix = false,
    bool IgnoreCase = false,
    string? Kind = null,
    IReadOnlyList<Guid>? Repositories = null,
    string? Path = null,
    string? Language = null,
    int Skip = 0,
    int Take = 100,
    string? Ref = null);

/// <summary>Definitions, in the order of name, repository, path and line.</summary>
/// <param name="Hits">The definitions.</param>
/// <param name="More">Whether there are more.</param>
public sealed record SymbolAnswer(IReadOnlyList<SymbolHit> Hits, bool More);

/// <summary>A definition.</summary>
/// <param name="Citation">All its lines.</param>
/// <param name="RepositoryId">The repository.</param>
/// <param name="Name">Its own name.</param>
/// <param name="Kind">What it is, in lower case: <c>class</c>, <c>method</c>, <c>function</c>, <c>heading</c>, ...</param>
/// <param name="Container">The definitions around it joined by dots, if any.</param>
/// <param name="Language">The file's language.</param>
/// <param name="Signature">Its first line.</param>
public sealed record SymbolHit(Citation Citation, Guid RepositoryId, string Name, string Kind, string? Container, string Language, string Signature);

/// <summary>Asks where a word stands, in whole and in its case.</summary>
/// <param name="Name">Letters, digits and underscores; 1 to 200 characters.</param>
/// <param name="Repositories">The repositories the caller may see; <see langword="null"/> for every one.</param>
/// <param name="Path">Only files below this folder, or that fit this pattern if it holds <c>*</c>.</param>
/// <param name="Language">Only files of this language.</param>
/// <param name="Skip">How many to pass over.</param>
/// <param name="Take">Most to return, 1 to 1,000.</param>
/// <param name="Ref">The indexed branch, tag or commit to look in; the one each repository follows when absent.</param>
public sealed record ReferenceRequest(
    string Name,
    IReadOnlyList<Guid>? Repositories = null,
    string? Path = null,
    string? Language = null,
    int Skip = 0,
    int Take = 100,
    string? Ref = null);

/// <summary>Lines that hold the word, in the order of repository, path and line.</summary>
/// <param name="Hits">The lines.</param>
/// <param name="More">Whether there are more.</param>
public sealed record ReferenceAnswer(IReadOnlyList<ReferenceHit> Hits, bool More);

/// <summary>A line that holds the word.</summary>
/// <param name="Citation">The line.</param>
/// <param name="RepositoryId">The repository.</param>
/// <param name="Text">The line itself.</param>
/// <param name="IsDefinition">Whether the word is defined there.</param>
/// <param name="Symbol">The definition the line belongs to, if known.</param>
public sealed record ReferenceHit(Citation Citation, Guid RepositoryId, string Text, bool IsDefinition, string? Symbol);
