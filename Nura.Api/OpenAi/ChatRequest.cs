using System.Text.Json;
using Nura.Api.Errors;

namespace Nura.Api.OpenAi;

/// <summary>
/// A chat completion request (OpenAI API reference, "Create chat completion"). Fields that are hints or unknown are ignored;
/// a field that would change the answer and that Nura cannot honour is refused by name.
/// </summary>
internal sealed class ChatRequest
{
    private const int MostMessages = 10_000;

    private readonly JsonElement _body;

    private ChatRequest(JsonElement body) => _body = body;

    public required string Model { get; init; }

    public required IReadOnlyList<ChatRequestMessage> Messages { get; init; }

    public bool Stream { get; private init; }

    public bool IncludeUsage { get; private init; }

    public int? MaxOutputTokens { get; private init; }

    public float? Temperature => Number("temperature", 0, 2);

    public float? TopP => Number("top_p", 0, 1);

    public float? FrequencyPenalty => Number("frequency_penalty", -2, 2);

    public float? PresencePenalty => Number("presence_penalty", -2, 2);

    public long? Seed => _body.Field("seed") is { ValueKind: JsonValueKind.Number } seed && seed.TryGetInt64(out var value) ? value : null;

    public JsonElement? Tools => _body.Field("tools", JsonValueKind.Array);

    public JsonElement? ToolChoice => _body.Field("tool_choice");

    public bool? ParallelToolCalls => _body.Flag("parallel_tool_calls");

    public JsonElement? ResponseFormat => _body.Field("response_format", JsonValueKind.Object);

    public IReadOnlyList<string> Stop => _body.Field("stop") switch
    {
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { ValueKind: JsonValueKind.Array } several when several.GetArrayLength() <= 4 && several.EnumerateArray().All(stop => stop.ValueKind == JsonValueKind.String) =>
            [.. several.EnumerateArray().Select(stop => stop.GetString()!)],
        null => [],
        _ => throw RequestException.BadParameter("stop", "'stop' is a text or a list of at most 4 texts."),
    };

    /// <exception cref="RequestException">Something is missing, of the wrong type, or not supported.</exception>
    public static ChatRequest Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, "The body must be a JSON object.");
        }

        RefuseUnsupported(body);
        var model = body.Field("model", JsonValueKind.String)?.GetString();
        if (string.IsNullOrEmpty(model))
        {
            throw RequestException.BadParameter("model", "Name a model or an agent in 'model'. GET /v1/models lists them.", "missing_required_parameter");
        }

        var messages = body.Field("messages", JsonValueKind.Array);
        if (messages is not { } list || list.GetArrayLength() is 0 or > MostMessages)
        {
            throw RequestException.BadParameter("messages", $"'messages' must be a list of 1 to {MostMessages} messages.", "missing_required_parameter");
        }

        return new ChatRequest(body)
        {
            Model = model,
            Messages = [.. list.EnumerateArray().Select(ChatRequestMessage.Read)],
            Stream = body.Flag("stream") ?? false,
            IncludeUsage = body.Field("stream_options", JsonValueKind.Object)?.Flag("include_usage") ?? false,
            MaxOutputTokens = Limit(body, "max_completion_tokens") ?? Limit(body, "max_tokens"),
        };
    }

    private static void RefuseUnsupported(JsonElement body)
    {
        if (body.Field("n") is { } n && !(n.ValueKind == JsonValueKind.Number && n.TryGetInt32(out var count) && count == 1))
        {
            throw RequestException.Unsupported("n", "Nura gives one answer per request: leave 'n' out or send 1.");
        }

        if (body.Flag("logprobs") == true || body.Field("top_logprobs") is not null)
        {
            throw RequestException.Unsupported("logprobs", "Nura does not return log probabilities.");
        }

        if (body.Field("logit_bias") is { ValueKind: JsonValueKind.Object } bias && bias.EnumerateObject().Any())
        {
            throw RequestException.Unsupported("logit_bias", "Nura cannot bias single tokens.");
        }

        if (body.Field("modalities") is { ValueKind: JsonValueKind.Array } modalities && modalities.EnumerateArray().Any(modality => modality.ValueKind != JsonValueKind.String || modality.GetString() != "text"))
        {
            throw RequestException.Unsupported("modalities", "Nura answers in text only.");
        }

        foreach (var old in (ReadOnlySpan<string>)["functions", "function_call"])
        {
            if (body.Field(old) is not null)
            {
                throw RequestException.Unsupported(old, $"'{old}' is the form used before 'tools': send 'tools' and 'tool_choice'.");
            }
        }
    }

    private static int? Limit(JsonElement body, string name) => body.Field(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } limit when limit.TryGetInt32(out var value) && value > 0 => value,
        _ => throw RequestException.BadParameter(name, $"'{name}' must be a whole number above 0."),
    };

    private float? Number(string name, float least, float most) => _body.Field(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetSingle(out var value) && value >= least && value <= most => value,
        _ => throw RequestException.BadParameter(name, $"'{name}' must be a number from {least} to {most}."),
    };
}
