using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Nura.Hosting.Dashboard.Pages;

namespace Nura.Hosting.Dashboard.Access;

/// <summary>The login page and the check in front of all others.</summary>
internal static class GateEndpoints
{
    // Nothing from elsewhere is loaded, no inline script or style runs, no other site frames a page.
    private const string ContentSecurityPolicy =
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'";

    public static void UseGate(this IApplicationBuilder app, Gate gate) => app.Use(async (context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.CacheControl = "no-store";

        var path = context.Request.Path;
        if (path == "/login" || path.StartsWithSegments("/assets") || gate.IsOpenTo(context))
        {
            await next(context);
        }
        else if (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString() is var accept
            && (accept.Contains("text/html", StringComparison.OrdinalIgnoreCase) || accept is "" or "*/*"))
        {
            context.Response.Redirect($"/login?returnUrl={Uri.EscapeDataString(path + context.Request.QueryString)}");
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
    });

    public static void MapLogin(this IEndpointRouteBuilder routes, Gate gate, string application)
    {
        routes.MapGet("/login", (HttpContext context) =>
        {
            var (token, path) = (context.Request.Query["t"].ToString(), Gate.LocalPath(context.Request.Query["returnUrl"]));
            return token.Length == 0 && !gate.IsOpenTo(context) ? Page(path, "", StatusCodes.Status200OK) : Enter(context, token, path);
        });
        routes.MapPost("/login", async (HttpContext context) =>
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            return Enter(context, form["t"].ToString().Trim(), Gate.LocalPath(form["returnUrl"]));
        });

        IResult Enter(HttpContext context, string token, string path) =>
            gate.IsOpenTo(context) || gate.TryLogIn(context, token)
                ? Results.LocalRedirect(path)
                : Page(path, "This token is not the one of the running AppHost. It changes with every start: copy it from the newest login link.", StatusCodes.Status401Unauthorized);

        IResult Page(string path, string problem, int status) => Results.Content(
            Layout.Plain(application, "Log in", Html.Of(
                $"""
                <h1>Log in to {application}</h1>
                <p>The AppHost printed a login link in its console: open it, or paste the token at its end here.</p>
                <form method="post" action="/login"><input type="hidden" name="returnUrl" value="{path}">
                <label>Token <input name="t" type="password" autocomplete="off" required autofocus></label>
                {Html.If(problem.Length > 0, () => Html.Of($"""<p class="problem" role="alert">{problem}</p>"""))}
                <button class="primary">Log in</button></form>
                """)).ToString(), "text/html; charset=utf-8", statusCode: status);
    }
}
