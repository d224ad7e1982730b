namespace Nura.Rag.Search;

/// <summary>What a chunk shows.</summary>
/// <param name="StartLine">First line, from 1.</param>
/// <param name="EndLine">Last line, inclusive.</param>
/// <param name="Symbol">What it declares or is part of.</param>
/// <param name="Content">Its lines.</param>
internal sealed record ChunkLines(int StartLine, int EndLine, string? Symbol, string Content);
