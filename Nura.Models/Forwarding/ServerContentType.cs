using System.Text;

namespace Nura.Models;

/// <summary>What kind of answer a server says it sends.</summary>
internal static class ServerContentType
{
    private const string Json = "application/json";

    /// <summary>The server's words; JSON if it says nothing that could be passed on.</summary>
    /// <param name="response">The server's response.</param>
    /// <remarks>Not taken apart and put together again: for the usual kinds the text is the framework's own, which costs no answer in the cache a visit of the collector.</remarks>
    public static string Of(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) && values.ToString() is { Length: > 0 } type && Ascii.IsValid(type) ? type : Json;
}
