using System.Diagnostics;

namespace Nura.Api;

/// <summary>Gives every response an <c>x-request-id</c>, the one the client sent if it is one: official clients report it with errors. Anthropic's look for it as <c>request-id</c>.</summary>
internal static class RequestIds
{
    private const string Header = "x-request-id";
    private const string AnthropicHeader = "request-id";
    private const int Longest = 128;

    /// <summary>An id unlike others, though not one that nobody could guess: for that a Guid asks the system, each time.</summary>
    /// <param name="prefix">What it begins with; 32 hexadecimal digits follow.</param>
    public static string New(string prefix) => $"{prefix}{ActivityTraceId.CreateRandom()}";

    public static void UseRequestIds(this WebApplication app) => app.Use((http, next) =>
    {
        var sent = http.Request.Headers[Header].ToString();
        var id = sent.Length is > 0 and <= Longest && sent.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? sent : New("req_");

        // Logs carry it as well.
        http.TraceIdentifier = id;
        // An exception clears the headers, so this one is set when they leave.
        http.Response.OnStarting(
            static state =>
            {
                var http = (HttpContext)state;
                http.Response.Headers[Header] = http.TraceIdentifier;
                if (http.Request.Path.StartsWithSegments("/v1/messages", StringComparison.Ordinal))
                {
                    http.Response.Headers[AnthropicHeader] = http.TraceIdentifier;
                }

                return Task.CompletedTask;
            },
            http);
        return next(http);
    });
}
