using System.Text.Json.Serialization;

namespace Nura.Api.Keys;

/// <summary>A key as administrators see it; the key itself is known to its owner only.</summary>
/// <param name="Id">Stable identity.</param>
/// <param name="Name">Whose or what for: the user's name in budgets and usage, unless somebody owns it.</param>
/// <param name="Prefix">Its first characters; none of a person.</param>
/// <param name="Admin">Whether it may manage keys.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">When it was last used, to about a minute.</param>
/// <param name="RevokedAt">When it was revoked.</param>
/// <param name="Repositories">The repositories it may see; absent for every one.</param>
/// <param name="Team">The team on whose account its calls are too; absent for none.</param>
/// <param name="Issuer">The identity provider at which this person signs in; absent for a key.</param>
/// <param name="Owner">The person who made the key for themselves, and whose limits and team are its own; absent for others.</param>
internal sealed record KeyView(
    Guid Id, string Name, string Prefix, bool Admin, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, IReadOnlyList<Guid>? Repositories,
    string? Team, string? Issuer = null, KeyOwner? Owner = null);

/// <summary>Whose own key it is.</summary>
/// <param name="Id">The person's identity among the keys.</param>
/// <param name="Name">The person's name: the user's name in budgets and usage.</param>
internal sealed record KeyOwner(Guid Id, string Name);

/// <summary>Asks for a key.</summary>
/// <param name="Name">Whose or what for; 1 to 200 characters.</param>
/// <param name="Admin">Whether it may manage keys.</param>
/// <param name="Repositories">The repositories it may see, at most 500; an empty list for none, absent for every one. Not for an administrator's key.</param>
/// <param name="Team">The team on whose account its calls are too; 1 to 200 characters, absent for none.</param>
internal sealed record CreateKey(string Name, bool Admin = false, IReadOnlyList<Guid>? Repositories = null, string? Team = null);

/// <summary>Limits a key to repositories.</summary>
/// <param name="Repositories">The repositories it may see, at most 500; an empty list for none, <see langword="null"/> for every one. Must be said: a mistyped name must not lift a limit.</param>
internal sealed record LimitKey([property: JsonRequired] IReadOnlyList<Guid>? Repositories);

/// <summary>Moves a key to a team. What was called before stays on the team of that time.</summary>
/// <param name="Team">The team, 1 to 200 characters; <see langword="null"/> for none. Must be said.</param>
internal sealed record AssignKey([property: JsonRequired] string? Team);

/// <summary>A new key.</summary>
/// <param name="Key">The key itself. Shown this once.</param>
/// <param name="View">What is kept of it.</param>
/// <param name="Aws">The same for AWS clients that sign their requests. Shown this once; absent while signatures are off.</param>
internal sealed record CreatedKey(string Key, KeyView View, AwsKey? Aws = null);

/// <summary>A key as AWS clients know it.</summary>
/// <param name="AccessKeyId">Names the key.</param>
/// <param name="SecretAccessKey">What to sign with.</param>
internal sealed record AwsKey(string AccessKeyId, string SecretAccessKey);
