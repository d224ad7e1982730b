using Nura.Rag.Symbols;

namespace Nura.Rag.Indexing;

/// <summary>The unit of indexing: the same bytes in the same language are split the same way, wherever they are.</summary>
/// <param name="Oid">Git's object id.</param>
/// <param name="Language">Language by the file's name.</param>
internal readonly record struct BlobKey(string Oid, string Language);

/// <summary>What is stored of a blob.</summary>
/// <param name="Key">What it is.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Reason">Why it is not indexed, or <see langword="null"/>.</param>
/// <param name="Note">What to know of it though it is indexed, or <see langword="null"/>.</param>
/// <param name="Terms">Words and their counts per chunk, as <see cref="Ranking.BlobTermsWriter"/> writes them.</param>
/// <param name="Chunks">Its pieces; none if it is not indexed.</param>
/// <param name="Symbols">What it defines.</param>
internal sealed record AnalyzedBlob(BlobKey Key, long Bytes, string? Reason, string? Note, byte[]? Terms, IReadOnlyList<AnalyzedChunk> Chunks, IReadOnlyList<Symbol> Symbols);

/// <summary>A piece of a blob.</summary>
/// <param name="StartLine">First line, from 1.</param>
/// <param name="EndLine">Last line, inclusive.</param>
/// <param name="Symbol">What it declares or is part of.</param>
/// <param name="Content">Its lines, in UTF-8.</param>
internal sealed record AnalyzedChunk(int StartLine, int EndLine, string? Symbol, ReadOnlyMemory<byte> Content);
