namespace Nura.Rag.Chunks;

/// <summary>Consecutive lines of a file that are indexed and shown together.</summary>
/// <param name="Start">Index of the first line, from 0.</param>
/// <param name="End">Index after the last line.</param>
/// <param name="Symbol">What it declares first, with what encloses that, such as <c>Parser.Next</c>; else what it is part of.</param>
/// <param name="Declarations">Indices of the lines in it that declare something.</param>
internal sealed record SourceChunk(int Start, int End, string? Symbol, IReadOnlyList<int> Declarations);
