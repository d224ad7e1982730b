using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Arguments and results of tools between text and objects.</summary>
internal static class ToolJson
{
    /// <summary>Without the indentation of the library's own options: white space costs tokens.</summary>
    private static readonly JsonSerializerOptions s_compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <summary>What a tool gave back, as the text a model reads.</summary>
    public static string Text(object? result) => result switch
    {
        null => "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        _ => JsonSerializer.Serialize(result, s_compact.GetTypeInfo(result.GetType())),
    };

    /// <summary>A call's arguments, as a JSON object.</summary>
    public static string Arguments(FunctionCallContent call) => call.Arguments is { } arguments
        ? JsonSerializer.Serialize(arguments, s_compact.GetTypeInfo(typeof(IDictionary<string, object?>)))
        : "{}";

    /// <summary>A call as a model wrote it. Broken arguments are kept as the call's exception: whoever runs tools can tell the model.</summary>
    public static FunctionCallContent Call(string id, string name, string arguments)
    {
        try
        {
            var parsed = string.IsNullOrWhiteSpace(arguments) ? [] : JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments);
            return new FunctionCallContent(id, name, parsed ?? []);
        }
        catch (JsonException exception)
        {
            return new FunctionCallContent(id, name) { Exception = new FormatException($"The model wrote arguments for '{name}' that are not a JSON object.", exception) };
        }
    }
}
