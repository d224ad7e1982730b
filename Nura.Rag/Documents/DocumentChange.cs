namespace Nura.Rag.Documents;

/// <summary>A document as it was sent, or its removal.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Content">Its bytes; <see langword="null"/> for a removal.</param>
/// <param name="At">When it came.</param>
internal sealed record DocumentChange(string Path, byte[]? Content, DateTimeOffset At);
