namespace Nura.Contracts;

/// <summary>A question to the index.</summary>
/// <param name="Query">Words, identifiers, paths, quoted strings; 1 to 8,192 characters.</param>
/// <param name="Repositories">The repositories the caller may see; <see langword="null"/> for every one. Nothing else takes part in any way.</param>
/// <param name="Limit">Most hits, 1 to 200.</param>
/// <param name="BudgetTokens">
/// Tokens that the hits may fill, by estimate, the first one in any case; pieces of a file that touch are then given as one hit. <see langword="null"/> for no budget.
/// </param>
/// <param name="PathPrefix">Only files below this folder, or that fit this pattern if it holds <c>*</c>.</param>
/// <param name="Language">Only files of this language, as in <see cref="SearchHit.Language"/>.</param>
/// <param name="Explain">Whether each hit says how its score came about.</param>
/// <param name="Ref">The indexed branch, tag or commit to search; the one each repository follows when absent.</param>
/// <param name="Kind">Only files of this kind, as in <see cref="HitExplanation.Kind"/>.</param>
public sealed record SearchRequest(
    string Query,
    IReadOnlyList<Guid>? Repositories = null,
    int Limit = 10,
    int? BudgetTokens = null,
    string? PathPrefix = null,
    string? Language = null,
    bool Explain = false,
    string? Ref = null,
    string? Kind = null);

/// <summary>The answer, best first.</summary>
/// <param name="Hits">Ranked pieces of files.</param>
/// <param name="RepositoriesSearched">How many repositories took part.</param>
/// <param name="RepositoriesPending">How many of those asked for have no searchable commit yet.</param>
/// <param name="ElapsedMs">Time in the ranking core, in milliseconds.</param>
/// <param name="Assistance">What models did for it, where any is configured to help.</param>
/// <param name="LanesLeftOut">Lanes that should have taken part and did not, or not everywhere.</param>
public sealed record SearchAnswer(
    IReadOnlyList<SearchHit> Hits, int RepositoriesSearched, int RepositoriesPending, double ElapsedMs, SearchAssistance? Assistance = null,
    IReadOnlyList<LaneLeftOut>? LanesLeftOut = null);

/// <summary>What models did for a search.</summary>
/// <param name="Matched">Share of the question's weight that the best hit matches, 0 to 1; models are asked only where it is low.</param>
/// <param name="Rewriting">Whether words were added to the question.</param>
/// <param name="Reranking">Whether the best hits were put into another order; their scores are those from before.</param>
/// <param name="Words">The words that were added.</param>
public sealed record SearchAssistance(double Matched, AssistanceOutcome Rewriting, AssistanceOutcome Reranking, IReadOnlyList<string>? Words = null);

/// <summary>What became of a model's help. Everything but <see cref="Done"/> leaves the search as it was.</summary>
public enum AssistanceOutcome
{
    /// <summary>No model is configured for it.</summary>
    Off,

    /// <summary>The search was good enough without.</summary>
    NotNeeded,

    /// <summary>It helped.</summary>
    Done,

    /// <summary>It took longer than its deadline.</summary>
    Late,

    /// <summary>The model could not be asked, or a budget is used up.</summary>
    Failed,

    /// <summary>The model replied something else than it was asked for.</summary>
    Unreadable,
}

/// <summary>A lane that did not take part.</summary>
/// <param name="Lane">Its name.</param>
/// <param name="Reason">Why, as a sentence.</param>
public sealed record LaneLeftOut(string Lane, string Reason);

/// <summary>A ranked piece of a file.</summary>
/// <param name="Citation">Where it stands, with the full commit.</param>
/// <param name="RepositoryId">The repository.</param>
/// <param name="Symbol">The declaration it belongs to, if known.</param>
/// <param name="Language">Language name in lower case, such as <c>csharp</c>; <c>text</c> if unknown.</param>
/// <param name="Text">The lines themselves.</param>
/// <param name="Score">Comparable within one answer only.</param>
/// <param name="Lanes">The lanes that voted for it, such as <c>lexical</c>.</param>
/// <param name="Terms">The query's terms found in it.</param>
/// <param name="Commits">Past commits that changed its file and fit the query, most telling first.</param>
/// <param name="Explanation">How its score came about, if that was asked for.</param>
public sealed record SearchHit(
    Citation Citation,
    Guid RepositoryId,
    string? Symbol,
    string Language,
    string Text,
    double Score,
    IReadOnlyList<string> Lanes,
    IReadOnlyList<string> Terms,
    IReadOnlyList<CommitEvidence>? Commits = null,
    HitExplanation? Explanation = null);

/// <summary>How a hit's score came about: the sum of what the lanes gave for the chunk and for its file.</summary>
/// <param name="Lanes">The lanes that gave something.</param>
/// <param name="Kind">What the file is for by its path: <c>source</c>, <c>test</c>, <c>document</c> or <c>configuration</c>.</param>
/// <param name="Factor">What that kind is worth for this query; contained in the lanes' figures.</param>
/// <param name="Terms">The query's terms found in the hit, rarest first.</param>
public sealed record HitExplanation(IReadOnlyList<LaneContribution> Lanes, string Kind, double Factor, IReadOnlyList<TermRarity> Terms);

/// <summary>What a lane gave.</summary>
/// <param name="Lane">Its name.</param>
/// <param name="Weight">Its weight in the mixture; the lexical lane has 1.</param>
/// <param name="Chunk">For the chunk itself.</param>
/// <param name="File">For its file as a whole.</param>
public sealed record LaneContribution(string Lane, double Weight, double Chunk, double File);

/// <summary>How rare a term is.</summary>
/// <param name="Term">The term as indexed.</param>
/// <param name="Chunks">How many chunks of the searched repositories hold it; rare terms count more.</param>
public sealed record TermRarity(string Term, long Chunks);

/// <summary>A past commit that speaks for a file.</summary>
/// <param name="Commit">Its id.</param>
/// <param name="Subject">First line of its message.</param>
/// <param name="Date">When it was made.</param>
public sealed record CommitEvidence(string Commit, string Subject, DateTimeOffset Date);

/// <summary>Lines of a file at a commit.</summary>
/// <param name="Citation">What was read; the end line is cut to the file's length.</param>
/// <param name="Text">The lines.</param>
/// <param name="TotalLines">Lines in the whole file.</param>
public sealed record FileLines(Citation Citation, string Text, int TotalLines);
