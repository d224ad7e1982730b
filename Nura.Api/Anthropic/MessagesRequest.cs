using System.Text.Json;
using Microsoft.Extensions.AI;
using Nura.Api.Errors;
using Nura.Api.Gateway;
using Nura.Api.OpenAi;
using Nura.Models;

namespace Nura.Api.Anthropic;

/// <summary>A request of Anthropic's Messages API. Fields that Nura does not know are hints of newer clients and are ignored.</summary>
internal sealed class MessagesRequest
{
    public required string Model { get; init; }

    public required List<ChatMessage> Messages { get; init; }

    public required ChatOptions Options { get; init; }

    public bool Stream { get; private init; }

    /// <param name="body">The request.</param>
    /// <param name="needsLimit">Whether <c>max_tokens</c> must be there: it need not be when tokens are only counted.</param>
    /// <param name="model">The model if the address names it and not the body, as on Bedrock.</param>
    /// <exception cref="RequestException">Something is missing or of the wrong type.</exception>
    public static MessagesRequest Read(JsonElement body, bool needsLimit, string? model = null)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, "The body must be a JSON object.");
        }

        var messages = body.Field("messages", JsonValueKind.Array) is { } list && list.GetArrayLength() > 0 ? list : throw Missing("messages");
        var options = new ChatOptions
        {
            Instructions = System(body),
            MaxOutputTokens = body.Field("max_tokens") is { ValueKind: JsonValueKind.Number } most && most.TryGetInt32(out var value) && value > 0 ? value : needsLimit ? throw Missing("max_tokens") : null,
            Temperature = Number(body, "temperature"),
            TopP = Number(body, "top_p"),
            StopSequences = body.Field("stop_sequences", JsonValueKind.Array) is { } stops ? [.. stops.EnumerateArray().Where(stop => stop.ValueKind == JsonValueKind.String).Select(stop => stop.GetString()!)] : null,
        };
        options.WithCacheMarks(LastCacheLife(body, "tools"), LastCacheLife(body, "system"));
        if (body.Field("tools", JsonValueKind.Array) is { } tools)
        {
            // Tools without a schema are hosted by Anthropic; a model that is not offered them does without.
            options.Tools = [.. tools.EnumerateArray().Where(tool => tool.Field("input_schema") is not null).Select(Tool)];
            options.ToolMode = Mode(body.Field("tool_choice", JsonValueKind.Object), options);
        }

        return new MessagesRequest
        {
            Model = (model ?? body.Text("model")) is { Length: > 0 } name ? name : throw Missing("model"),
            Messages = [.. messages.EnumerateArray().SelectMany(Message)],
            Options = options,
            Stream = body.Flag("stream") ?? false,
        };
    }

    private static string? System(JsonElement body) => body.Field("system") switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Array } blocks => string.Join("\n\n", blocks.EnumerateArray().Select(block => block.Text("text")).Where(text => !string.IsNullOrEmpty(text))),
        _ => throw RequestException.BadParameter("system", "system: must be a text or a list of text blocks."),
    };

    /// <summary>A turn; what tools gave back becomes a message of its own before the rest.</summary>
    private static IEnumerable<ChatMessage> Message(JsonElement message)
    {
        var role = message.Text("role") switch
        {
            "user" => ChatRole.User,
            "assistant" => ChatRole.Assistant,
            "system" => ChatRole.System,
            _ => throw RequestException.BadParameter("messages", "messages: each needs the role user or assistant."),
        };
        if (message.Field("content") is { ValueKind: JsonValueKind.String } text)
        {
            return [new ChatMessage(role, text.GetString())];
        }

        var blocks = (message.Field("content", JsonValueKind.Array) ?? throw Missing("messages.content")).EnumerateArray().ToList();
        var contents = blocks.Select(block => Content(block)?.WithCacheMark(CacheLife(block))).OfType<AIContent>().ToList();
        var results = contents.Where(content => content is FunctionResultContent).ToList();
        List<AIContent> rest = [.. blocks.SelectMany(ShownBy).Select(Image), .. contents.Except(results)];
        return (results.Count, rest.Count) switch
        {
            (0, _) => [new ChatMessage(role, rest)],
            (_, 0) => [new ChatMessage(ChatRole.Tool, results)],
            _ => [new ChatMessage(ChatRole.Tool, results), new ChatMessage(role, rest)],
        };
    }

    /// <summary>How long the provider is to keep the prompt up to here; <see langword="null"/> if nothing is said.</summary>
    private static string? CacheLife(JsonElement block) => block.Field("cache_control", JsonValueKind.Object) is { } control ? control.Text("ttl") == "1h" ? "1h" : "5m" : null;

    private static string? LastCacheLife(JsonElement body, string list) =>
        body.Field(list) is { ValueKind: JsonValueKind.Array } blocks ? blocks.EnumerateArray().Select(CacheLife).LastOrDefault(life => life is not null) : null;

    private static AIContent? Content(JsonElement block) => block.Text("type") switch
    {
        "text" => new TextContent(block.Text("text")),
        "thinking" => new TextReasoningContent(block.Text("thinking")) { ProtectedData = block.Text("signature") },
        "tool_use" => new FunctionCallContent(Needed(block, "id"), Needed(block, "name"), ToolJson.Read(block.Field("input", JsonValueKind.Object))),
        "tool_result" => new FunctionResultContent(Needed(block, "tool_use_id"), ShownResult.Text(ResultText(block.Field("content")), ShownBy(block).Any()))
        {
            Exception = block.Flag("is_error") == true ? new InvalidOperationException("The tool failed.") : null,
        },
        "image" => Image(block),
        "document" => throw NoDocuments(),
        // Kinds that only some models know are left to those: they say nothing to others.
        _ => null,
    };

    /// <summary>The images in what a tool gave back.</summary>
    private static IEnumerable<JsonElement> ShownBy(JsonElement block) =>
        block.Text("type") == "tool_result" && block.Field("content") is { ValueKind: JsonValueKind.Array } parts ? parts.EnumerateArray().Where(part => part.Text("type") == "image") : [];

    private static AIContent Image(JsonElement block)
    {
        var source = block.Field("source", JsonValueKind.Object) ?? throw Missing("source");
        try
        {
            return source.Text("type") == "base64"
                ? new DataContent($"data:{Needed(source, "media_type")};base64,{Needed(source, "data")}")
                : new UriContent(new Uri(Needed(source, "url")), "image/*");
        }
        catch (Exception exception) when (exception is UriFormatException or ArgumentException)
        {
            throw RequestException.BadParameter("messages", "messages: an image's source is neither base64 data nor an address.");
        }
    }

    private static string ResultText(JsonElement? content) => content switch
    {
        null => "",
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Array } blocks => string.Join(
            '\n', blocks.EnumerateArray().Select(block => block.Text("type") == "document" ? throw NoDocuments() : block.Text("text")).Where(text => text is not null)),
        { } other => other.GetRawText(),
    };

    private static AIFunctionDeclaration Tool(JsonElement tool) =>
        AIFunctionFactory.CreateDeclaration(Needed(tool, "name"), tool.Text("description") ?? "", tool.Field("input_schema", JsonValueKind.Object)?.Clone() ?? ToolJson.NoParameters);

    private static ChatToolMode? Mode(JsonElement? choice, ChatOptions options)
    {
        if (choice?.Flag("disable_parallel_tool_use") == true)
        {
            options.AllowMultipleToolCalls = false;
        }

        return choice?.Text("type") switch
        {
            "any" => ChatToolMode.RequireAny,
            "none" => ChatToolMode.None,
            "tool" => ChatToolMode.RequireSpecific(Needed(choice.Value, "name")),
            _ => null,
        };
    }

    private static float? Number(JsonElement body, string name) => body.Field(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetSingle(out var value) && float.IsFinite(value) => value,
        _ => throw RequestException.BadParameter(name, $"{name}: must be a number."),
    };

    /// <summary>To be refused by name: an answer about a document never read would be a lie.</summary>
    private static RequestException NoDocuments() => RequestException.Unsupported("messages", "messages: Nura passes text and images on, not documents. Send the document's text.");

    private static string Needed(JsonElement element, string name) => element.Text(name) is { Length: > 0 } text ? text : throw Missing(name);

    private static RequestException Missing(string name) => RequestException.BadParameter(name, $"{name}: field required.", "missing_required_parameter");
}
