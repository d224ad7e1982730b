using System.Text.Json;
using Microsoft.Extensions.AI;
using Nura.Api.Errors;
using Nura.Api.Gateway;
using Nura.Api.OpenAi;
using Nura.Models;

namespace Nura.Api.Bedrock;

/// <summary>A Converse request (Amazon Bedrock API reference, "Converse") for a model that is not on Bedrock. Fields that Nura does not know are ignored.</summary>
internal static class ConverseBody
{
    /// <exception cref="RequestException">Something is missing or of the wrong type.</exception>
    public static (List<ChatMessage> Messages, ChatOptions Options) Read(JsonElement body)
    {
        var messages = body.Field("messages", JsonValueKind.Array) is { } list && list.GetArrayLength() > 0 ? list : throw Missing("messages");
        var settings = body.Field("inferenceConfig", JsonValueKind.Object);
        var options = new ChatOptions
        {
            Instructions = body.Field("system", JsonValueKind.Array) is { } system ? string.Join("\n\n", system.EnumerateArray().Select(block => block.Text("text")).Where(text => !string.IsNullOrEmpty(text))) : null,
            MaxOutputTokens = settings?.Field("maxTokens") switch
            {
                null => null,
                { ValueKind: JsonValueKind.Number } most when most.TryGetInt32(out var value) && value > 0 => value,
                _ => throw RequestException.BadParameter("inferenceConfig.maxTokens", "inferenceConfig.maxTokens: must be a whole number above 0."),
            },
            Temperature = Number(settings, "temperature"),
            TopP = Number(settings, "topP"),
            StopSequences = settings?.Field("stopSequences", JsonValueKind.Array) is { } stops ? [.. stops.EnumerateArray().Where(stop => stop.ValueKind == JsonValueKind.String).Select(stop => stop.GetString()!)] : null,
        };
        if (body.Field("toolConfig", JsonValueKind.Object) is { } tools)
        {
            // Tools without a specification are Bedrock's own, and cache points; another model does without.
            options.Tools = [.. (tools.Field("tools", JsonValueKind.Array) ?? throw Missing("toolConfig.tools")).EnumerateArray().Select(tool => tool.Field("toolSpec", JsonValueKind.Object)).OfType<JsonElement>().Select(Tool)];
            options.ToolMode = Mode(tools.Field("toolChoice", JsonValueKind.Object));
        }

        return ([.. messages.EnumerateArray().SelectMany(Message)], options);
    }

    private static IEnumerable<ChatMessage> Message(JsonElement message)
    {
        var role = message.Text("role") switch
        {
            "user" => ChatRole.User,
            "assistant" => ChatRole.Assistant,
            _ => throw RequestException.BadParameter("messages", "messages: each needs the role user or assistant."),
        };
        var blocks = (message.Field("content", JsonValueKind.Array) ?? throw Missing("messages.content")).EnumerateArray().ToList();
        var contents = blocks.Select(Content).OfType<AIContent>().ToList();
        var results = contents.Where(content => content is FunctionResultContent).ToList();
        List<AIContent> rest = [.. blocks.Select(block => block.Field("toolResult", JsonValueKind.Object)).OfType<JsonElement>().SelectMany(ShownBy).Select(Image), .. contents.Except(results)];
        if (results.Count > 0)
        {
            yield return new ChatMessage(ChatRole.Tool, results);
        }

        if (rest.Count > 0)
        {
            yield return new ChatMessage(role, rest);
        }
    }

    private static AIContent? Content(JsonElement block) =>
        block.Text("text") is { } text ? new TextContent(text)
        : block.Field("toolUse", JsonValueKind.Object) is { } use ? Call(use)
        : block.Field("toolResult", JsonValueKind.Object) is { } result ? Result(result)
        : block.Field("image", JsonValueKind.Object) is { } image ? Image(image)
        : IsUnreadable(block) ? throw Unreadable()
        // Cache points, reasoning of other models and what newer clients send say nothing to this one.
        : null;

    private static FunctionCallContent Call(JsonElement use) =>
        new(Needed(use, "toolUseId"), Needed(use, "name"), ToolJson.Read(use.Field("input", JsonValueKind.Object)));

    private static bool IsUnreadable(JsonElement block) => block.Field("document") is not null || block.Field("video") is not null || block.Field("audio") is not null;

    private static RequestException Unreadable() => RequestException.Unsupported("messages.content", "messages.content: this model reads text and images, not documents, videos or sound.");

    /// <summary>The images in what a tool gave back.</summary>
    private static IEnumerable<JsonElement> ShownBy(JsonElement result) =>
        result.Field("content", JsonValueKind.Array)?.EnumerateArray().Select(part => part.Field("image", JsonValueKind.Object)).OfType<JsonElement>() ?? [];

    private static FunctionResultContent Result(JsonElement result)
    {
        var parts = result.Field("content", JsonValueKind.Array)?.EnumerateArray()
            .Select(part => IsUnreadable(part) ? throw Unreadable() : part.Text("text") ?? part.Field("json")?.GetRawText()).Where(text => text is not null) ?? [];
        return new FunctionResultContent(Needed(result, "toolUseId"), ShownResult.Text(string.Join('\n', parts), ShownBy(result).Any()))
        {
            Exception = result.Text("status") == "error" ? new InvalidOperationException("The tool failed.") : null,
        };
    }

    private static DataContent Image(JsonElement image)
    {
        try
        {
            return new DataContent(Convert.FromBase64String(image.Field("source", JsonValueKind.Object) is { } source ? Needed(source, "bytes") : throw Missing("image.source")), $"image/{Needed(image, "format")}");
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw RequestException.BadParameter("messages.content", "messages.content: an image's source.bytes is not base64.");
        }
    }

    private static AIFunctionDeclaration Tool(JsonElement tool) => AIFunctionFactory.CreateDeclaration(
        Needed(tool, "name"), tool.Text("description") ?? "", tool.Field("inputSchema", JsonValueKind.Object)?.Field("json", JsonValueKind.Object)?.Clone() ?? ToolJson.NoParameters);

    private static RequiredChatToolMode? Mode(JsonElement? choice) =>
        choice?.Field("any") is not null ? ChatToolMode.RequireAny
        : choice?.Field("tool", JsonValueKind.Object) is { } named ? ChatToolMode.RequireSpecific(Needed(named, "name"))
        : null;

    private static float? Number(JsonElement? settings, string name) => settings?.Field(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetSingle(out var value) && float.IsFinite(value) => value,
        _ => throw RequestException.BadParameter(name, $"inferenceConfig.{name}: must be a number."),
    };

    private static string Needed(JsonElement element, string name) => element.Text(name) is { Length: > 0 } text ? text : throw Missing(name);

    private static RequestException Missing(string name) => RequestException.BadParameter(name, $"{name}: field required.", "missing_required_parameter");
}
