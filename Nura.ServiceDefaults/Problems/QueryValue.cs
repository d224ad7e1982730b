using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Nura.ServiceDefaults.Problems;

/// <summary>Says which value of an address cannot be read. The code that is generated for endpoints refuses one that could be left out with a bare 400.</summary>
internal static class QueryValue
{
    private const int MostShown = 100;

    /// <summary>The first value that its endpoint cannot take, and what it should be; <see langword="null"/> if all are fine.</summary>
    public static string? Problem(HttpContext http)
    {
        foreach (var parameter in http.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
        {
            var text = http.Request.Query[parameter.Name].ToString();
            if (text.Length > 0 && Kind(parameter.ParameterInfo.ParameterType, text) is (false, var kind))
            {
                return $"'{parameter.Name}' is '{(text.Length > MostShown ? text[..MostShown] + "..." : text)}', but should be {kind}.";
            }
        }

        return null;
    }

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
