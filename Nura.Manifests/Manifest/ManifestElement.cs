using System.Globalization;
using System.Text.Json;

namespace Nura.Manifests.Manifest;

/// <summary>A JSON object of the manifest that knows where it is, so that each complaint can name resource and property.</summary>
internal sealed class ManifestElement
{
    private readonly JsonElement _json;

    private readonly string _path;

    /// <param name="resource">Name of the resource the object belongs to.</param>
    /// <param name="path">Path below the resource; empty for the resource itself.</param>
    /// <param name="json">The object.</param>
    public ManifestElement(string resource, string path, JsonElement json)
    {
        Resource = resource;
        _path = path;
        _json = json;
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(path.Length == 0 ? "the resource" : path, "an object");
        }
    }

    public string Resource { get; }

    /// <summary>The last part of the path, which for entries of an object is their name.</summary>
    public string Key => _path[(_path.LastIndexOf('.') + 1)..];

    public string Text(string name) =>
        OptionalText(name) ?? throw new ManifestToolException($"Resource '{Resource}' has no \"{Below(name)}\" in the manifest.");

    public string? OptionalText(string name) => Property(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw Wrong(Below(name), "text"),
    };

    public bool Flag(string name, bool fallback = false) => Property(name) switch
    {
        null => fallback,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Wrong(Below(name), "true or false"),
    };

    public int? Number(string name) => Property(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var value) => value,
        _ => throw Wrong(Below(name), "a whole number"),
    };

    public int? Port(string name) => Number(name) switch
    {
        null => null,
        > 0 and <= 65535 and var port => port,
        var port => throw Wrong(Below(name), string.Create(CultureInfo.InvariantCulture, $"a port from 1 to 65535 instead of {port}")),
    };

    public ManifestElement? Find(string name) => Property(name) is { } value ? new ManifestElement(Resource, Below(name), value) : null;

    /// <summary>An object of texts, in manifest order. Numbers and booleans are taken as their text.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Map(string name) => Property(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Object } map => [.. map.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, Scalar(entry.Value, Below(name) + "." + entry.Name)))],
        _ => throw Wrong(Below(name), "an object"),
    };

    public IReadOnlyList<string> Texts(string name) => [.. Items(name).Select((item, index) => Scalar(item, Below(name) + "." + index))];

    public IReadOnlyList<ManifestElement> List(string name) => [.. Items(name).Select((item, index) => new ManifestElement(Resource, Below(name) + "." + index, item))];

    public IReadOnlyList<ManifestElement> Objects(string name) => Property(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Object } map => [.. map.EnumerateObject().Select(entry => new ManifestElement(Resource, Below(name) + "." + entry.Name, entry.Value))],
        _ => throw Wrong(Below(name), "an object"),
    };

    private List<JsonElement> Items(string name) => Property(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } array => [.. array.EnumerateArray()],
        _ => throw Wrong(Below(name), "a list"),
    };

    private string Scalar(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw Wrong(path, "text"),
    };

    private JsonElement? Property(string name) =>
        _json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private string Below(string name) => _path.Length == 0 ? name : _path + "." + name;

    private ManifestToolException Wrong(string path, string expected) => new($"Resource '{Resource}': \"{path}\" in the manifest must be {expected}.");
}
