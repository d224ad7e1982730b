using System.Text.Json;

namespace Nura.Models;

/// <summary>What must be known of a body in Bedrock's dialect to forward it; everything else passes as it came.</summary>
/// <param name="Operation"><c>converse</c>, <c>converse-stream</c>, <c>invoke</c> or <c>invoke-with-response-stream</c>.</param>
/// <param name="Body">UTF-8. Must stay unchanged as long as this is used.</param>
/// <param name="MaxTokens">Tokens that the answer may have at most, if the caller says.</param>
/// <param name="Headers">Headers of the request that concern the model, such as <c>X-Amzn-Bedrock-GuardrailIdentifier</c>.</param>
public sealed record BedrockEnvelope(string Operation, ReadOnlyMemory<byte> Body, long? MaxTokens, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>Names that the families of models have for the limit of an answer, at the top or inside their settings.</summary>
    private static readonly string[] s_limits = ["maxTokens", "max_tokens", "max_new_tokens", "max_gen_len", "maxTokenCount", "max_tokens_to_sample"];

    /// <summary>Whether the answer is to be streamed.</summary>
    public bool IsStream => Operation is "converse-stream" or "invoke-with-response-stream";

    /// <summary>Whether the body is Converse's, which every model understands; otherwise it is the model's own.</summary>
    public bool IsConverse => Operation is "converse" or "converse-stream";

    /// <summary>Reads a body's limit of tokens; what stands inside its messages is skipped.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="body">UTF-8.</param>
    /// <param name="headers">Headers to pass on.</param>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    public static BedrockEnvelope Read(string operation, ReadOnlyMemory<byte> body, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var json = new Utf8JsonReader(body.Span);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("The body must be a JSON object.");
        }

        long? most = null;
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var isLimit = IsLimit(ref json);
            var isSettings = json.CurrentDepth == 1 && (json.ValueTextEquals("inferenceConfig"u8) || json.ValueTextEquals("textGenerationConfig"u8));
            json.Read();
            if (isLimit && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var value) && value > 0)
            {
                most = value;
            }
            else if (!isSettings)
            {
                json.Skip();
            }
        }

        return new BedrockEnvelope(operation, body, most, headers);
    }

    private static bool IsLimit(ref Utf8JsonReader json)
    {
        foreach (var name in s_limits)
        {
            if (json.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }
}
