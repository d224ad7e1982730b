namespace Nura.Models;

/// <summary>
/// The one table of names that telemetry of model calls uses: OpenTelemetry's conventions for generative AI as of semantic-conventions v1.41, and the latest ones of the repository they moved to.
/// Both are in development there; a change is a change here.
/// </summary>
internal sealed record GenAiNames
{
    /// <summary>The standard's own switch: with the value <c>gen_ai_latest_experimental</c> the latest names are used.</summary>
    public const string Switch = "OTEL_SEMCONV_STABILITY_OPT_IN";

    public const string Operation = "gen_ai.operation.name";
    public const string Provider = "gen_ai.provider.name";
    public const string RequestModel = "gen_ai.request.model";
    public const string TokenType = "gen_ai.token.type";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string CacheReadTokens = "gen_ai.usage.cache_read.input_tokens";
    public const string ErrorType = "error.type";

    /// <summary>Ours: no convention knows money.</summary>
    public const string Cost = "nura.models.cost";

    public static GenAiNames V1_41 { get; } = new()
    {
        CacheWriteTokens = "gen_ai.usage.cache_creation.input_tokens",
        Duration = "gen_ai.client.operation.duration",
        FirstChunk = "gen_ai.client.operation.time_to_first_chunk",
        TokenUsage = "gen_ai.client.token.usage",
    };

    public static GenAiNames Latest { get; } = new()
    {
        CacheWriteTokens = "gen_ai.usage.cache_write.input_tokens",
        Duration = "gen_ai.client.inference.duration",
        FirstChunk = "gen_ai.client.inference.time_to_first_chunk",
        InputCounter = "gen_ai.client.inference.usage.input_tokens",
        OutputCounter = "gen_ai.client.inference.usage.output_tokens",
        CacheReadCounter = "gen_ai.client.inference.usage.cache_read.input_tokens",
        CacheWriteCounter = "gen_ai.client.inference.usage.cache_write.input_tokens",
        InputSize = "gen_ai.client.inference.operation.input_tokens",
        OutputSize = "gen_ai.client.inference.operation.output_tokens",
    };

    public required string CacheWriteTokens { get; init; }

    public required string Duration { get; init; }

    public required string FirstChunk { get; init; }

    /// <summary>Histogram of tokens by type; v1.41 only.</summary>
    public string? TokenUsage { get; init; }

    public string? InputCounter { get; init; }

    public string? OutputCounter { get; init; }

    public string? CacheReadCounter { get; init; }

    public string? CacheWriteCounter { get; init; }

    public string? InputSize { get; init; }

    public string? OutputSize { get; init; }

    /// <summary>The names that a value of <see cref="Switch"/> asks for.</summary>
    public static GenAiNames For(string? optIn) =>
        optIn?.Split(',', StringSplitOptions.TrimEntries).Contains("gen_ai_latest_experimental", StringComparer.Ordinal) is true ? Latest : V1_41;
}
