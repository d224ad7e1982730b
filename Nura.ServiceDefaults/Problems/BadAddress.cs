using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Nura.ServiceDefaults.Problems;

/// <summary>Says what is wrong with a request's address, where the framework answers with a bare status.</summary>
internal static class BadAddress
{
    private const int MostShown = 100;

    /// <summary>What is wrong, if the status says that something is; <see langword="null"/> if the address is fine.</summary>
    public static string? Describe(HttpContext http, int? status) => status switch
    {
        StatusCodes.Status400BadRequest => UnreadValue(http),
        StatusCodes.Status404NotFound when http.GetEndpoint() is null => $"There is nothing at {Shown(http.Request.Path)}.",
        StatusCodes.Status405MethodNotAllowed => $"{Shown(http.Request.Path)} takes {http.Response.Headers.Allow}, not {http.Request.Method}.",
        _ => null,
    };

    // The code that is generated for endpoints refuses a value that could be left out without a word.
    private static string? UnreadValue(HttpContext http)
    {
        foreach (var parameter in http.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
        {
            var text = http.Request.Query[parameter.Name].ToString();
            if (text.Length > 0 && Kind(parameter.ParameterInfo.ParameterType, text) is (false, var kind))
            {
                return $"'{parameter.Name}' is '{Shown(text)}', but should be {kind}.";
            }
        }

        return null;
    }

    private static string Shown(string? text) => text is { Length: > MostShown } ? $"{text[..MostShown]}..." : text ?? "";

    private static (bool Fits, string Kind)? Kind(Type type, string text) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var kind when kind == typeof(int) => (int.TryParse(text, CultureInfo.InvariantCulture, out _), "a whole number"),
        var kind when kind == typeof(long) => (long.TryParse(text, CultureInfo.InvariantCulture, out _), "a whole number"),
        var kind when kind == typeof(bool) => (bool.TryParse(text, out _), "true or false"),
        var kind when kind == typeof(Guid) => (Guid.TryParse(text, CultureInfo.InvariantCulture, out _), "an identity such as 0197a7c2-0000-7000-8000-000000000000"),
        var kind when kind == typeof(DateOnly) => (DateOnly.TryParse(text, CultureInfo.InvariantCulture, out _), "a day such as 2026-11-30"),
        var kind when kind == typeof(DateTimeOffset) => (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _), "a time such as 2026-11-30T12:00:00Z"),
        _ => null,
    };
}
