using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nura.Api.OpenAi;

/// <summary>For the API document only: the fields of a chat completion request that Nura acts on. Others are ignored.</summary>
internal sealed record ChatCompletionBody
{
    /// <summary>An agent such as <c>nura</c>, or a model.</summary>
    public required string Model { get; init; }

    /// <summary>The conversation, in OpenAI's form.</summary>
    public required IReadOnlyList<JsonElement> Messages { get; init; }

    /// <summary>Whether to answer with server-sent chunks.</summary>
    public bool? Stream { get; init; }

    /// <summary><c>include_usage</c> asks for a last chunk with the tokens.</summary>
    [JsonPropertyName("stream_options")]
    public JsonElement? StreamOptions { get; init; }

    /// <summary>Upper limit of the answer's tokens.</summary>
    [JsonPropertyName("max_completion_tokens")]
    public int? MaxCompletionTokens { get; init; }

    /// <summary>0 to 2.</summary>
    public float? Temperature { get; init; }

    /// <summary>Functions a raw model may call.</summary>
    public IReadOnlyList<JsonElement>? Tools { get; init; }

    /// <summary>Whether and which tool a raw model has to call.</summary>
    [JsonPropertyName("tool_choice")]
    public JsonElement? ToolChoice { get; init; }

    /// <summary>The form of a raw model's answer.</summary>
    [JsonPropertyName("response_format")]
    public JsonElement? ResponseFormat { get; init; }
}

/// <summary>For the API document only: OpenAI's chat completion, with Nura's extension.</summary>
internal sealed record ChatCompletionAnswer
{
    /// <summary>Identity of the answer.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>chat.completion</c>.</summary>
    public required string Object { get; init; }

    /// <summary>Unix time in seconds.</summary>
    public required long Created { get; init; }

    /// <summary>As asked for.</summary>
    public required string Model { get; init; }

    /// <summary>One answer, in OpenAI's form.</summary>
    public required IReadOnlyList<JsonElement> Choices { get; init; }

    /// <summary>Tokens, in OpenAI's form.</summary>
    public required JsonElement Usage { get; init; }

    /// <summary>Run, citations and the number of citations removed, when an agent answered.</summary>
    public JsonElement? Nura { get; init; }
}
