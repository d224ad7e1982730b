namespace Nura.Agents.Citations;

/// <summary>A piece of an answer.</summary>
/// <param name="Text">As the model wrote it, brackets included.</param>
/// <param name="Citations">The citations in it, without brackets; <see langword="null"/> for plain text, empty for what looks like a citation and is none.</param>
internal readonly record struct Segment(string Text, IReadOnlyList<string>? Citations);
