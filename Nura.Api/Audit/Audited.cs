using Nura.Api.Keys;

namespace Nura.Api.Audit;

/// <summary>Marks endpoints whose use is noted in the audit trail.</summary>
/// <param name="Action">What they do, in the past tense.</param>
internal sealed record Audited(string Action);

/// <summary>Has endpoints note their use.</summary>
internal static class AuditedEndpoints
{
    /// <summary>Notes each use that succeeds. What it was done to is read off the answer or the address, unless the endpoint tells by <see cref="Tell"/>.</summary>
    public static RouteHandlerBuilder Audited(this RouteHandlerBuilder endpoint, string action) => endpoint.WithMetadata(new Audited(action)).AddEndpointFilter(async (context, next) =>
    {
        var answer = await next(context);
        var http = context.HttpContext;
        await http.RequestServices.GetRequiredService<AuditTrail>().WriteAsync(
            ((KeyPrincipal)http.User).Holder, action, http.Features.Get<AuditSubject>() ?? AuditSubject.Of(answer, http.Request.RouteValues));
        return answer;
    });

    /// <summary>Tells what a request does something to, where its answer does not.</summary>
    public static void Tell(this HttpContext http, AuditSubject subject) => http.Features.Set(subject);
}
