using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Nura.Hosting.Dashboard.Access;

/// <summary>
/// Lets in who has shown the login token, by a cookie, and lets commands through only from our own pages.
/// </summary>
internal sealed class Gate(string? browserToken)
{
    // Anonymous access still needs a form token: other sites' pages must not be able to stop resources.
    private readonly string _key = browserToken ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>A field of every form. Only a page that was let in can have read it.</summary>
    public string FormToken => Secret.Derive(_key, "form");

    public bool IsOpenTo(HttpContext context) =>
        browserToken is null || Secret.Matches(Session, context.Request.Cookies[CookieName(context)]);

    /// <summary>Gives the cookie if the token is right.</summary>
    public bool TryLogIn(HttpContext context, string? token)
    {
        if (browserToken is not null && !Secret.Matches(browserToken, token))
        {
            return false;
        }

        context.Response.Cookies.Append(CookieName(context), Session, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            IsEssential = true,
        });
        return true;
    }

    public bool AllowsCommand(HttpContext context, string? formToken)
    {
        var origin = context.Request.Headers.Origin.ToString();
        return Secret.Matches(FormToken, formToken)
            && (origin.Length == 0 || origin == $"{context.Request.Scheme}://{context.Request.Host}");
    }

    /// <summary>A path of this site to return to after the login, never another site.</summary>
    public static string LocalPath(string? path) =>
        path is ['/', ..] && path is not ['/', '/' or '\\', ..] && !path.Any(char.IsControl) ? path : "/";

    private string Session => Secret.Derive(_key, "session");

    // Cookies do not tell ports apart; two AppHosts on one machine must not log each other out.
    private static string CookieName(HttpContext context) => $"nura-dashboard-{context.Connection.LocalPort}";
}
