using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Arguments and results of tools between text and objects.</summary>
public static class ToolJson
{
    /// <summary>Without the indentation of the library's own options: white space costs tokens.</summary>
    private static readonly JsonSerializerOptions s_compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    private static readonly JsonTypeInfo<IDictionary<string, object?>> s_written = (JsonTypeInfo<IDictionary<string, object?>>)s_compact.GetTypeInfo(typeof(IDictionary<string, object?>));
    private static readonly JsonTypeInfo<Dictionary<string, object?>> s_read = (JsonTypeInfo<Dictionary<string, object?>>)s_compact.GetTypeInfo(typeof(Dictionary<string, object?>));

    /// <summary>The schema of a tool that takes no arguments.</summary>
    public static JsonElement NoParameters { get; } = JsonElement.Parse("""{"type":"object","properties":{}}""");

    /// <summary>What a tool gave back, as the text a model reads.</summary>
    /// <param name="result">Text, an element, or what the options of Microsoft.Extensions.AI can write.</param>
    public static string Text(object? result) => result switch
    {
        null => "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        _ => JsonSerializer.Serialize(result, s_compact.GetTypeInfo(result.GetType())),
    };

    /// <summary>A call's arguments as its model wrote them: a JSON object, unless the answer was cut within it or the model cannot write one.</summary>
    /// <param name="call">The call.</param>
    public static string Written(FunctionCallContent call) => call.Exception is not null && call.RawRepresentation is string written ? written : Arguments(call);

    /// <summary>A whole answer's parts for dialects in which arguments are objects: without a call that was cut, as those who speak them leave it out themselves.</summary>
    /// <param name="answer">The answer.</param>
    /// <exception cref="ModelException">Arguments are no object though the answer was not cut: 502.</exception>
    public static List<AIContent> Parts(ChatResponse answer)
    {
        var parts = answer.Messages.SelectMany(message => message.Contents).ToList();
        if (answer.FinishReason == ChatFinishReason.Length)
        {
            parts.RemoveAll(part => part is FunctionCallContent { Exception: not null });
        }

        return parts.OfType<FunctionCallContent>().FirstOrDefault(call => call.Exception is not null) is { Exception: var broken }
            ? throw new ModelException($"{broken!.Message} Try again.", 502, isRetryable: true, broken) { Code = "invalid_tool_call" }
            : parts;
    }

    /// <summary>A call's arguments, as the text of a JSON object; empty if they are broken.</summary>
    /// <param name="call">The call.</param>
    public static string Arguments(FunctionCallContent call) => call.Arguments is { } arguments ? JsonSerializer.Serialize(arguments, s_written) : "{}";

    /// <summary>A call's arguments, as a part of a larger answer.</summary>
    /// <param name="call">The call.</param>
    public static JsonNode ArgumentsNode(FunctionCallContent call) => call.Arguments is { } arguments ? JsonSerializer.SerializeToNode(arguments, s_written)! : new JsonObject();

    /// <summary>Arguments that a client sends back as text.</summary>
    /// <param name="arguments">A JSON object; none if empty.</param>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    public static Dictionary<string, object?> Read(string arguments) => string.IsNullOrWhiteSpace(arguments) ? [] : JsonSerializer.Deserialize(arguments, s_read) ?? [];

    /// <summary>Arguments that a client sends back as an object.</summary>
    /// <param name="arguments">A JSON object; <see langword="null"/> for none.</param>
    public static Dictionary<string, object?> Read(JsonElement? arguments) => arguments?.Deserialize(s_read) ?? [];

    /// <summary>A call as a model wrote it. Of broken arguments the call has an exception, for whoever runs tools can tell the model, and their text (<see cref="Written"/>).</summary>
    /// <param name="id">The call's identity.</param>
    /// <param name="name">The tool.</param>
    /// <param name="arguments">What the model wrote.</param>
    public static FunctionCallContent Call(string id, string name, string arguments)
    {
        try
        {
            return new FunctionCallContent(id, name, Read(arguments));
        }
        catch (JsonException exception)
        {
            return new FunctionCallContent(id, name) { Exception = new FormatException($"The model wrote arguments for '{name}' that are not a JSON object.", exception), RawRepresentation = arguments };
        }
    }
}
