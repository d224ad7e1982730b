using System.Security.Claims;
using Nura.Api.Gateway;
using Nura.Contracts;
using Nura.Models;

namespace Nura.Api.Keys;

/// <summary>What a signed-in caller may see, kept in its claims.</summary>
internal static class CallerScopes
{
    private const string Limited = "nura:limited";
    private const string Repository = "nura:repository";
    private const string TeamOf = "nura:team";

    /// <summary>Who asks nothing of anybody: a request that is not signed in.</summary>
    private static readonly CallerScope s_nobody = new(Guid.AllBitsSet, Administrator: false, []);

    /// <summary>The claims of a key's holder.</summary>
    public static IEnumerable<Claim> Claims(KeyHolder holder)
    {
        yield return new Claim(ClaimTypes.NameIdentifier, holder.Id.ToString());
        yield return new Claim(ClaimTypes.Name, holder.Name);
        if (holder.Admin)
        {
            yield return new Claim(ClaimTypes.Role, KeyAuthentication.AdminRole);
        }

        if (holder.Team is { } team)
        {
            yield return new Claim(TeamOf, team);
        }

        if (holder.Repositories is { } repositories)
        {
            yield return new Claim(Limited, "true");
            foreach (var id in repositories)
            {
                yield return new Claim(Repository, id.ToString());
            }
        }
    }

    /// <summary>What a caller may see; nothing if it is not signed in.</summary>
    public static CallerScope Of(ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier) is not { } holder ? s_nobody : new CallerScope(
        Guid.Parse(holder),
        user.IsInRole(KeyAuthentication.AdminRole),
        user.HasClaim(claim => claim.Type == Limited) ? [.. user.FindAll(Repository).Select(claim => Guid.Parse(claim.Value))] : null,
        user.Identity?.Name,
        user.FindFirstValue(TeamOf));

    /// <summary>On whose account the calls of models are that a request makes.</summary>
    public static Caller CallerOf(HttpContext http) =>
        new(http.User.FindFirstValue(ClaimTypes.NameIdentifier), http.User.Identity?.Name, http.User.FindFirstValue(TeamOf), AgentHeader.Of(http.Request));
}
