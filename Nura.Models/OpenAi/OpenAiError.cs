using System.Text;
using System.Text.Json;

namespace Nura.Models;

/// <summary>Reads what a server says when it refuses: <c>{"error":{"message","type","code"}}</c>, or whatever else stands there.</summary>
internal static class OpenAiError
{
    private const int MostCharacters = 2000;

    public static async Task<ModelException> ReadAsync(HttpResponseMessage response, ModelInfo model, TimeProvider time, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var body = await ReadStartAsync(response, cancellationToken);
        var (message, code) = Parse(body);
        return Create(model, status, message ?? body, code, RetryAfter(response, time));
    }

    /// <summary>A refusal that was read already.</summary>
    public static ModelException Of(ModelInfo model, int status, ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, 4 * MostCharacters)]).Trim();
        var (message, code) = Parse(text);
        return Create(model, status, message ?? text, code, null);
    }

    /// <summary>An error inside a stream that had begun well.</summary>
    public static ModelException InStream(JsonElement error, ModelInfo model)
    {
        var (message, code) = Fields(error);
        var status = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("code", out var number) && number.ValueKind == JsonValueKind.Number
            && number.TryGetInt32(out var value) && value is >= 400 and <= 599 ? value : 502;
        return Create(model, status, message ?? error.GetRawText(), code, null);
    }

    private static ModelException Create(ModelInfo model, int status, string said, string? code, TimeSpan? retryAfter)
    {
        said = said.Length > MostCharacters ? said[..MostCharacters] : said;
        if (status is 401 or 403)
        {
            return UpstreamFailure.CredentialsRefused(model, $"{ModelsOptions.Section}:Servers:{model.Server}:ApiKey", status, said);
        }

        var what = status switch
        {
            404 => $"The provider of '{model.Id}' does not know the model '{model.UpstreamName}'",
            429 => $"The provider of '{model.Id}' is asking for fewer requests",
            _ => $"The provider of '{model.Id}' answered {status}",
        };
        // A quota that is used up does not come back by waiting a moment.
        var retryable = code != "insufficient_quota" && status is 408 or 409 or 429 or >= 500;
        return new ModelException(said.Length == 0 ? $"{what}." : $"{what}: {said}", status, retryable)
        {
            Code = code,
            UpstreamMessage = said,
            RetryAfter = retryAfter,
        };
    }

    private static async Task<string> ReadStartAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[4 * MostCharacters];
        var count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, count).Trim();
    }

    private static (string? Message, string? Code) Parse(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var error) ? Fields(error) : Fields(root);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static (string? Message, string? Code) Fields(JsonElement error) => error.ValueKind switch
    {
        JsonValueKind.String => (error.GetString(), null),
        JsonValueKind.Object => (Text(error, "message") ?? Text(error, "detail"), Text(error, "code") ?? Text(error, "type")),
        _ => (null, null),
    };

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - time.GetUtcNow() is var wait && wait > TimeSpan.Zero => wait,
        _ => null,
    };
}
