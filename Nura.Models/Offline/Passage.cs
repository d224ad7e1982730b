namespace Nura.Models;

/// <summary>Lines of a repository that were found for a question.</summary>
/// <param name="Citation">Where they stand, written <c>repository@commit:path#Lx-Ly</c>.</param>
/// <param name="Text">The lines themselves.</param>
/// <param name="Score">How well they fit; comparable within one question only.</param>
/// <param name="Terms">The question's terms found in them, if the search says.</param>
public sealed record Passage(string Citation, string Text, double Score, IReadOnlyList<string>? Terms = null);
