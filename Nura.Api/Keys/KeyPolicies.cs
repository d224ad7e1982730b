using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Nura.Api.Keys;

/// <summary>Decides what a caller may do. Where it only has to be signed in, nobody else is asked.</summary>
internal sealed class KeyPolicies(IAuthorizationService authorization) : PolicyEvaluator(authorization)
{
    private static readonly Task<PolicyAuthorizationResult> s_mayPass = Task.FromResult(PolicyAuthorizationResult.Success());

    /// <inheritdoc/>
    public override Task<PolicyAuthorizationResult> AuthorizeAsync(AuthorizationPolicy policy, AuthenticateResult authenticationResult, HttpContext context, object? resource) =>
        authenticationResult.Principal is KeyPrincipal && policy.Requirements is [DenyAnonymousAuthorizationRequirement] ? s_mayPass : base.AuthorizeAsync(policy, authenticationResult, context, resource);
}
