using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Nura.Api;

/// <summary>How objects of the dialects are written: they are never inside HTML, and escaping would only swell them.</summary>
internal static class DialectJson
{
    private static readonly JsonTypeInfo<JsonObject> s_object = new ApiJsonContext(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).JsonObject;

    public static byte[] ToUtf8(this JsonObject json) => JsonSerializer.SerializeToUtf8Bytes(json, s_object);

    public static string ToText(this JsonObject json) => JsonSerializer.Serialize(json, s_object);

    public static Task SendAsync(this JsonObject json, HttpResponse response, CancellationToken cancellationToken) =>
        response.WriteAsJsonAsync(json, s_object, cancellationToken: cancellationToken);
}
