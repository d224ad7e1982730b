using System.Text.Json;

namespace Nura.Api.Errors;

/// <summary>A request of a model dialect that cannot be served. Written in that dialect's shape.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">What is wrong and what would be right.</param>
internal sealed class RequestException(int status, string message) : Exception(message)
{
    /// <summary>What to do about a model that does not exist.</summary>
    public const string WhatDoes = "GET /v1/models lists what does; its agents answer on /v1/chat/completions and /v1/responses only.";

    public int Status { get; } = status;

    /// <summary>The dialect's code, such as <c>model_not_found</c>.</summary>
    public string? Code { get; init; }

    /// <summary>The field of the body that is wrong.</summary>
    public string? Parameter { get; init; }

    /// <summary>When to try again, for what passes by itself.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static RequestException BadParameter(string parameter, string message, string? code = null) =>
        new(StatusCodes.Status400BadRequest, message) { Parameter = parameter, Code = code ?? "invalid_value" };

    public static RequestException Unsupported(string parameter, string message) => BadParameter(parameter, message, "unsupported_parameter");

    /// <summary>The body cannot be read.</summary>
    /// <param name="exception">Where; without a line it was read, and is no object.</param>
    public static RequestException BadJson(JsonException exception) => new(StatusCodes.Status400BadRequest, exception.LineNumber is { } line
        ? $"The body is not valid JSON: line {line + 1}, byte {exception.BytePositionInLine + 1}."
        : "The body must be a JSON object.")
    {
        Code = "invalid_json",
    };

    public static RequestException NoModel(string model) =>
        new(StatusCodes.Status404NotFound, $"The model '{model}' does not exist here. {WhatDoes}") { Parameter = "model", Code = "model_not_found" };
}
