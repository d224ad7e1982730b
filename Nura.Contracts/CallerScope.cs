namespace Nura.Contracts;

/// <summary>On whose behalf a request is made, and what that caller may see.</summary>
/// <param name="Holder">The key that asks; what it starts belongs to it.</param>
/// <param name="Administrator">Whether it may see what belongs to others.</param>
/// <param name="Repositories">The repositories it may see; <see langword="null"/> for every one.</param>
/// <param name="User">The name of the key's user.</param>
/// <param name="Team">The name of the user's team.</param>
public sealed record CallerScope(Guid Holder, bool Administrator, IReadOnlyList<Guid>? Repositories, string? User = null, string? Team = null)
{
    /// <summary>Header that carries <see cref="Repositories"/> between our services: identities with commas between, or <c>none</c>. Without it every repository may be seen.</summary>
    public const string Header = "x-nura-repositories";

    /// <summary>Most repositories a key can be limited to: a header has to hold them.</summary>
    public const int MostRepositories = 500;

    private const string None = "none";

    /// <summary>On whose account it is what models cost.</summary>
    public Account Account => new(Holder, User, Team);

    /// <summary>What is left of the repositories that were asked for.</summary>
    /// <param name="asked">Identities; <see langword="null"/> for every one.</param>
    public IReadOnlyList<Guid>? Within(IReadOnlyList<Guid>? asked) =>
        Repositories is null ? asked : asked is null ? Repositories : [.. asked.Intersect(Repositories)];

    /// <summary>The header's value.</summary>
    /// <param name="repositories">Identities.</param>
    public static string Write(IReadOnlyList<Guid> repositories) => repositories.Count == 0 ? None : string.Join(',', repositories.Select(id => id.ToString("N")));

    /// <summary>Reads the header's value.</summary>
    /// <param name="text">The value.</param>
    /// <returns>The identities, or <see langword="null"/> if it cannot be read.</returns>
    public static IReadOnlyList<Guid>? Read(string text)
    {
        var repositories = new List<Guid>();
        foreach (var part in text == None ? [] : text.Split(','))
        {
            if (!Guid.TryParseExact(part.Trim(), "N", out var id))
            {
                return null;
            }

            repositories.Add(id);
        }

        return repositories;
    }
}
