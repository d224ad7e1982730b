using System.Text.Json;

namespace Nura.Models;

/// <summary>Reads what SageMaker says when it refuses, and what a container said behind it (<c>ModelError</c>).</summary>
internal static class SageMakerError
{
    private const int MostBytes = 8000;

    public static async Task<ModelException> ReadAsync(HttpResponseMessage response, ModelInfo model, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MostBytes];
        var count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var header = response.Headers.TryGetValues("x-amzn-errortype", out var values) ? values.First().Split(':')[0] : null;
        return Create(model, (int)response.StatusCode, header, buffer.AsMemory(0, count), response.Headers.RetryAfter?.Delta);
    }

    /// <summary>An exception inside a stream that had begun well.</summary>
    public static ModelException InStream(in EventFrame frame, ModelInfo model) => Create(model, frame.Type == "InternalStreamFailure" ? 500 : 424, frame.Type, frame.Payload, null);

    private static ModelException Create(ModelInfo model, int status, string? type, ReadOnlyMemory<byte> body, TimeSpan? retryAfter)
    {
        var (name, said, original) = Parse(body);
        type ??= name ?? "";
        if (status is 401 or 403)
        {
            return UpstreamFailure.CredentialsRefused(model, $"{ModelsOptions.Section}:SageMaker, and access to the endpoint in AWS", status, said);
        }

        var (now, retryable, what) = (type, original) switch
        {
            // The container has refused the body: the caller's mistake, with the container's words.
            ("ModelError", >= 400 and < 500 and not 408 and not 429) => (original.Value, false, $"The container of '{model.Id}' refused the request"),
            ("ModelError", 429) => (429, true, $"The container of '{model.Id}' is asking for fewer requests"),
            ("ModelError" or "ModelStreamError", _) => (424, true, $"The container of '{model.Id}' failed"),
            ("ModelNotReadyException", _) => (429, true, $"The container of '{model.Id}' is still starting"),
            ("ThrottlingException" or "ThrottledException", _) => (429, true, $"SageMaker is asking for fewer requests to '{model.Id}'"),
            // Its one error for an endpoint that is missing, being made or too busy with another body: nothing a caller could mend.
            ("ValidationError", _) => (502, true, $"SageMaker does not serve '{model.Id}'"),
            _ => (status == 530 ? 502 : status, status is 408 or 424 or 429 or >= 500, $"SageMaker answered {status} for '{model.Id}'"),
        };
        return new ModelException(said.Length == 0 ? $"{what}." : $"{what}: {said}", now, retryable)
        {
            Code = type.Length > 0 ? type : null,
            UpstreamMessage = said,
            RetryAfter = retryAfter,
        };
    }

    private static (string? Type, string Said, int? Original) Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return (null, "", null);
            }

            int? original = root.TryGetProperty("OriginalStatusCode", out var code) && code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var status) ? status : null;
            var said = OpenAiResponse.Text(root, "OriginalMessage") ?? OpenAiResponse.Text(root, "message") ?? OpenAiResponse.Text(root, "Message") ?? "";
            return (OpenAiResponse.Text(root, "__type"), said, original);
        }
        catch (JsonException)
        {
            return (null, System.Text.Encoding.UTF8.GetString(body.Span).Trim(), null);
        }
    }
}
