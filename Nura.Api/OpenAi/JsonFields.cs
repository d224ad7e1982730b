using System.Text.Json;
using Nura.Api.Errors;

namespace Nura.Api.OpenAi;

/// <summary>Reads fields as OpenAI's servers do: null is the same as absent.</summary>
internal static class JsonFields
{
    public static JsonElement? Field(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static JsonElement? Field(this JsonElement element, string name, JsonValueKind kind) => element.Field(name) switch
    {
        null => null,
        { } value when value.ValueKind == kind => value,
        _ => throw RequestException.BadParameter(name, $"'{name}' must be {(kind == JsonValueKind.String ? "a text" : kind == JsonValueKind.Array ? "a list" : "an object")}.", "invalid_type"),
    };

    public static string? Text(this JsonElement element, string name) => element.Field(name, JsonValueKind.String)?.GetString();

    public static bool? Flag(this JsonElement element, string name) => element.Field(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw RequestException.BadParameter(name, $"'{name}' must be true or false.", "invalid_type"),
    };
}
