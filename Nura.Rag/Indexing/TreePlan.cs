using Nura.Rag.Files;
using Nura.Rag.Git;

namespace Nura.Rag.Indexing;

/// <summary>What a run has to look at.</summary>
/// <param name="From">The searchable commit it starts from, or <see langword="null"/> if every file is looked at.</param>
/// <param name="Entries">The files to look at.</param>
/// <param name="Gone">Paths that are no more.</param>
/// <param name="Ignore">The ignore files that matter to those entries.</param>
internal sealed record TreePlan(string? From, IReadOnlyList<TreeEntry> Entries, IReadOnlyList<string> Gone, IgnoreRules Ignore);
