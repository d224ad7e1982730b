using System.Text.Json;

namespace Nura.Models;

/// <summary>Reads what Bedrock says when it refuses: the type in <c>x-amzn-errortype</c> or <c>__type</c>, the words in <c>message</c>.</summary>
internal static class BedrockError
{
    /// <summary>Code of a model that has reached its end of life.</summary>
    public const string Ended = "model_ended";

    /// <summary>Code of a model that answers through an inference profile only.</summary>
    public const string NeedsProfile = "needs_inference_profile";

    private const int MostBytes = 8000;

    public static async Task<ModelException> ReadAsync(HttpResponseMessage response, ModelInfo model, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MostBytes];
        var count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var (type, message) = Parse(buffer.AsMemory(0, count));
        if (response.Headers.TryGetValues("x-amzn-errortype", out var values))
        {
            type = values.First();
        }

        return Create(model, (int)response.StatusCode, Name(type), message, response.Headers.RetryAfter?.Delta);
    }

    /// <summary>An exception inside a stream that had begun well.</summary>
    public static ModelException InStream(in EventFrame frame, ModelInfo model)
    {
        var (_, message) = Parse(frame.Payload);
        var status = frame.Type switch
        {
            "throttlingException" => 429,
            "validationException" => 400,
            "serviceUnavailableException" => 503,
            "modelTimeoutException" => 408,
            "modelStreamErrorException" => 424,
            _ => 500,
        };
        return Create(model, status, frame.Type, frame.Message ?? message, null);
    }

    private static ModelException Create(ModelInfo model, int status, string type, string? message, TimeSpan? retryAfter)
    {
        var said = message ?? "";
        if (status is 401 or 403)
        {
            return UpstreamFailure.CredentialsRefused(model, $"{ModelsOptions.Section}:Bedrock, and access to '{model.UpstreamName}' in AWS", status, said);
        }

        var code = status switch
        {
            404 when said.Contains("end of its life", StringComparison.OrdinalIgnoreCase) || said.Contains("end-of-life", StringComparison.OrdinalIgnoreCase) => Ended,
            400 when said.Contains("on-demand throughput", StringComparison.OrdinalIgnoreCase) => NeedsProfile,
            _ => type.Length > 0 ? type : null,
        };
        var what = status switch
        {
            404 => $"Bedrock does not offer '{model.UpstreamName}'",
            429 => $"Bedrock is asking for fewer requests to '{model.Id}'",
            _ => $"Bedrock answered {status} for '{model.Id}'",
        };
        return new ModelException(said.Length == 0 ? $"{what}." : $"{what}: {said}", status, isRetryable: status is 408 or 424 or 429 or >= 500)
        {
            Code = code,
            UpstreamMessage = said,
            RetryAfter = retryAfter,
        };
    }

    /// <summary>The type without namespace before it and address behind it.</summary>
    private static string Name(string? type)
    {
        var name = type.AsSpan();
        name = name.IndexOf(':') is >= 0 and var colon ? name[..colon] : name;
        return name[(name.LastIndexOf('#') + 1)..].ToString();
    }

    private static (string? Type, string? Message) Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object ? (OpenAiResponse.Text(root, "__type"), OpenAiResponse.Text(root, "message") ?? OpenAiResponse.Text(root, "Message")) : (null, null);
        }
        catch (JsonException)
        {
            return (null, System.Text.Encoding.UTF8.GetString(body.Span).Trim());
        }
    }
}
