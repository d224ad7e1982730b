using System.Text.Json;
using Microsoft.Extensions.AI;
using Nura.Api.Errors;
using Nura.Models;

namespace Nura.Api.OpenAi;

/// <summary>Translates a request for a chat client.</summary>
internal static class ModelMessages
{
    public static List<ChatMessage> Of(ChatRequest request) => [.. request.Messages.Select(Of)];

    public static ChatOptions Options(ChatRequest request)
    {
        var options = new ChatOptions
        {
            MaxOutputTokens = request.MaxOutputTokens,
            Temperature = request.Temperature,
            TopP = request.TopP,
            FrequencyPenalty = request.FrequencyPenalty,
            PresencePenalty = request.PresencePenalty,
            Seed = request.Seed,
            StopSequences = request.Stop is { Count: > 0 } stops ? [.. stops] : null,
            ResponseFormat = Format(request.ResponseFormat),
            AllowMultipleToolCalls = request.ParallelToolCalls,
        };
        if (request.Tools is { } tools)
        {
            // Kinds other than functions are offers of hosted services; a model that is not offered them does without.
            options.Tools = [.. tools.EnumerateArray().Where(tool => tool.Text("type") == "function").Select(Tool)];
            options.ToolMode = Mode(request.ToolChoice);
        }

        return options;
    }

    private static ChatMessage Of(ChatRequestMessage message)
    {
        if (message.Role == "tool")
        {
            return new ChatMessage(ChatRole.Tool, [new FunctionResultContent(message.ToolCallId!, message.Text)]);
        }

        var contents = new List<AIContent>();
        if (message.Text.Length > 0)
        {
            contents.Add(new TextContent(message.Text));
        }

        contents.AddRange(message.Images.Select(Image));
        contents.AddRange(message.ToolCalls.Select(call => new FunctionCallContent(call.Id, call.Name, Arguments(call))));
        return new ChatMessage(new ChatRole(message.Role), contents);
    }

    private static AIContent Image(string address)
    {
        try
        {
            return address.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? new DataContent(address) : new UriContent(new Uri(address), "image/*");
        }
        catch (Exception exception) when (exception is UriFormatException or ArgumentException)
        {
            throw RequestException.BadParameter("messages", "An image's address is neither a data: nor an https: address.");
        }
    }

    private static Dictionary<string, object?> Arguments(ToolCallPiece call)
    {
        try
        {
            return ToolJson.Read(call.Arguments);
        }
        catch (JsonException)
        {
            throw RequestException.BadParameter("messages", $"The arguments of the tool call '{call.Id}' are not a JSON object.");
        }
    }

    private static AIFunctionDeclaration Tool(JsonElement tool)
    {
        var function = tool.Field("function", JsonValueKind.Object);
        var name = function?.Text("name");
        return string.IsNullOrEmpty(name)
            ? throw RequestException.BadParameter("tools", "A tool needs 'function.name'.", "missing_required_parameter")
            : AIFunctionFactory.CreateDeclaration(name, function?.Text("description") ?? "", function?.Field("parameters", JsonValueKind.Object)?.Clone() ?? ToolJson.NoParameters);
    }

    private static ChatToolMode? Mode(JsonElement? choice) => choice switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } word => word.GetString() switch
        {
            "auto" => ChatToolMode.Auto,
            "none" => ChatToolMode.None,
            "required" => ChatToolMode.RequireAny,
            var other => throw RequestException.BadParameter("tool_choice", $"'{other}' is no tool choice: use auto, none, required or a function."),
        },
        { ValueKind: JsonValueKind.Object } one when one.Text("type") == "function" && one.Field("function", JsonValueKind.Object)?.Text("name") is { Length: > 0 } name => ChatToolMode.RequireSpecific(name),
        _ => throw RequestException.Unsupported("tool_choice", "Of the forms of 'tool_choice' Nura knows auto, none, required and a named function."),
    };

    private static ChatResponseFormatJson? Format(JsonElement? format) => format?.Text("type") switch
    {
        null or "text" => null,
        "json_object" => ChatResponseFormat.Json,
        "json_schema" when format?.Field("json_schema", JsonValueKind.Object) is { } wanted && wanted.Field("schema", JsonValueKind.Object) is { } schema =>
            ChatResponseFormat.ForJsonSchema(schema.Clone(), wanted.Text("name"), wanted.Text("description")),
        _ => throw RequestException.BadParameter("response_format", "'response_format' is of type text, json_object, or json_schema with 'json_schema.schema'."),
    };
}
