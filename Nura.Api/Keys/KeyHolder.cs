namespace Nura.Api.Keys;

/// <summary>Who a valid key belongs to.</summary>
/// <param name="Id">The key's identity; empty for the administrator's first key.</param>
/// <param name="Name">Its name.</param>
/// <param name="Admin">Whether it may manage keys.</param>
/// <param name="Repositories">The repositories it may see; <see langword="null"/> for every one.</param>
/// <param name="Team">Its user's team.</param>
/// <param name="Person">Whether this is a person who has signed in with the identity provider, and no key.</param>
/// <param name="Owner">The person whose own key it is.</param>
internal sealed record KeyHolder(Guid Id, string Name, bool Admin, IReadOnlyList<Guid>? Repositories = null, string? Team = null, bool Person = false, Guid? Owner = null)
{
    /// <summary>The key from the configuration.</summary>
    public static KeyHolder First { get; } = new(Guid.Empty, "first key", Admin: true);

    /// <summary>The holder as the framework knows callers; made once, not with each request.</summary>
    public KeyPrincipal Principal => field ??= new KeyPrincipal(this);
}
