namespace Nura.Contracts;

/// <summary>Asks for the lines that citations name.</summary>
/// <param name="Citations">Written citations, at most <see cref="Max"/>.</param>
/// <param name="Repositories">The repositories the caller may see; <see langword="null"/> for every one.</param>
public sealed record ResolveCitations(IReadOnlyList<string> Citations, IReadOnlyList<Guid>? Repositories = null)
{
    /// <summary>Most citations of one request.</summary>
    public const int Max = 200;
}
