using System.Diagnostics;

namespace Nura.Api;

/// <summary>Gives every response an <c>x-request-id</c>, the one the client sent if it is one: official clients report it with errors.</summary>
internal static class RequestIds
{
    private const string Header = "x-request-id";
    private const int Longest = 128;

    public static void UseRequestIds(this WebApplication app) => app.Use((http, next) =>
    {
        // Random enough to be unlike others; a Guid would ask the system for unguessable bytes, with each request.
        var sent = http.Request.Headers[Header].ToString();
        var id = sent.Length is > 0 and <= Longest && sent.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? sent : $"req_{ActivityTraceId.CreateRandom()}";

        // An exception clears the headers, so this one is set when they leave.
        http.Response.OnStarting(() =>
        {
            http.Response.Headers[Header] = id;
            return Task.CompletedTask;
        });
        return next(http);
    });
}
