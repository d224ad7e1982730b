using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Nura.Models;

/// <summary>The catalog as a file: see <c>catalog.schema.json</c>.</summary>
internal sealed record CatalogFile
{
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    public IReadOnlyList<ModelInfo> Models { get; set; } = [];

    /// <summary>The routing policy; a file that has one replaces the built-in one whole.</summary>
    public IReadOnlyList<RouteRule>? Rules { get; init; }

    /// <summary>How the file is read: names as in the schema, unknown ones refused so that a typing error is not a silent default.</summary>
    public static JsonTypeInfo<CatalogFile> Json { get; } = CreateJson();

    /// <summary>The models that come with Nura.</summary>
    public static CatalogFile BuiltIn()
    {
        using var stream = typeof(CatalogFile).Assembly.GetManifestResourceStream("Nura.Models.Catalog.catalog.json")!;
        return JsonSerializer.Deserialize(stream, Json)!;
    }

    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="CatalogException">It cannot be read, is not valid, or contradicts itself; the message names the file and the place.</exception>
    public static CatalogFile Read(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), Json)
                ?? throw new CatalogException($"The model catalog {path} holds null; it must be an object with a list \"models\".");
            CatalogRules.Check(file, path);
            return file;
        }
        catch (JsonException exception)
        {
            throw new CatalogException($"The model catalog {path} is not valid at {exception.Path ?? "$"}, line {exception.LineNumber + 1}: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CatalogException($"The model catalog {path} (Nura:Models:Catalog) cannot be read: {exception.Message}", exception);
        }
    }

    private static JsonTypeInfo<CatalogFile> CreateJson()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            ReadCommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            NumberHandling = JsonNumberHandling.Strict,
        };
        options.Converters.Add(new JsonStringEnumConverter<ModelKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new JsonStringEnumConverter<RoutePick>(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new JsonStringEnumConverter<SamplingRule>(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        return new ModelsJsonContext(options).CatalogFile;
    }
}
