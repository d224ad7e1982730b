using System.Security.Claims;
using Nura.Api.Gateway;
using Nura.Contracts;
using Nura.Models;

namespace Nura.Api.Keys;

/// <summary>Who a request comes from.</summary>
internal static class CallerScopes
{
    /// <summary>Who asks nothing of anybody: a request that is not signed in.</summary>
    private static readonly CallerScope s_nobody = new(Guid.AllBitsSet, Administrator: false, []);

    /// <summary>What a caller may see; nothing if it is not signed in.</summary>
    public static CallerScope Of(ClaimsPrincipal user) => (user as KeyPrincipal)?.Scope ?? s_nobody;

    /// <summary>On whose account the calls of models are that a request makes.</summary>
    public static Caller CallerOf(HttpContext http)
    {
        var caller = (http.User as KeyPrincipal)?.Caller ?? Caller.Nobody;
        return AgentHeader.Of(http.Request) is { } agent ? caller with { Agent = agent } : caller;
    }
}
