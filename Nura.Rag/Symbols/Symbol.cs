namespace Nura.Rag.Symbols;

/// <summary>A definition in a file.</summary>
/// <param name="Name">Its own name.</param>
/// <param name="Kind">What it is, in lower case, such as <c>class</c>, <c>method</c>, <c>heading</c>.</param>
/// <param name="Container">The definitions around it joined by dots, or <see langword="null"/>.</param>
/// <param name="StartLine">First line, from 1.</param>
/// <param name="EndLine">Last line, inclusive.</param>
/// <param name="Signature">Its first line without indentation.</param>
internal sealed record Symbol(string Name, string Kind, string? Container, int StartLine, int EndLine, string Signature);
