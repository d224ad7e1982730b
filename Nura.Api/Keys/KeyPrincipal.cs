using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Nura.Contracts;
using Nura.Models;

namespace Nura.Api.Keys;

/// <summary>A signed-in caller, and what follows from its key. Made once for a key, not with each request.</summary>
internal sealed class KeyPrincipal : ClaimsPrincipal
{
    /// <param name="holder">Who the key belongs to.</param>
    public KeyPrincipal(KeyHolder holder)
        : base(new ClaimsIdentity(ClaimsOf(holder), KeyAuthentication.SchemeName))
    {
        Holder = holder;
        Scope = new CallerScope(holder.Id, holder.Admin, holder.Repositories, holder.Name, holder.Team);
        Caller = new Caller(holder.Id.ToString(), holder.Name, holder.Team);
        SignedIn = AuthenticateResult.Success(new AuthenticationTicket(this, KeyAuthentication.SchemeName));
    }

    /// <summary>Who its key belongs to.</summary>
    public KeyHolder Holder { get; }

    /// <summary>What it may see.</summary>
    public CallerScope Scope { get; }

    /// <summary>On whose account its calls of models are.</summary>
    public Caller Caller { get; }

    /// <summary>That its key is valid. All its requests share this, and nothing changes it.</summary>
    public AuthenticateResult SignedIn { get; }

    private static IEnumerable<Claim> ClaimsOf(KeyHolder holder)
    {
        yield return new Claim(ClaimTypes.NameIdentifier, holder.Id.ToString());
        yield return new Claim(ClaimTypes.Name, holder.Name);
        if (holder.Admin)
        {
            yield return new Claim(ClaimTypes.Role, KeyAuthentication.AdminRole);
        }
    }
}
