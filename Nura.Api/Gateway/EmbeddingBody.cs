using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nura.Api.Gateway;

/// <summary>For the API document only: the fields of an embedding request.</summary>
internal sealed record EmbeddingBody
{
    /// <summary>A model that makes embeddings.</summary>
    public required string Model { get; init; }

    /// <summary>A text, or a list of texts.</summary>
    public required JsonElement Input { get; init; }

    /// <summary>Length of the vectors, for models that offer several.</summary>
    public int? Dimensions { get; init; }

    /// <summary><c>float</c> or <c>base64</c> (little-endian 32-bit floats).</summary>
    [JsonPropertyName("encoding_format")]
    public string? EncodingFormat { get; init; }
}
