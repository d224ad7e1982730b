using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Nura.Tests.Hosting.Publishing;

/// <summary>
/// The rules of the public schema aspire-8.0.json for the resource types that Nura writes (no other properties than
/// these, and which are required), and what a schema cannot say: that every expression names something that exists.
/// </summary>
internal static partial class ManifestRules
{
    private static readonly Dictionary<string, (string[] Required, string[] Optional)> s_types = new()
    {
        ["project.v0"] = (["path"], ["args", "env", "bindings"]),
        ["container.v0"] = (["image"], ["connectionString", "entrypoint", "args", "bindMounts", "volumes", "env", "bindings"]),
        ["executable.v0"] = (["workingDirectory", "command"], ["args", "env", "bindings"]),
        ["parameter.v0"] = (["value", "inputs"], ["connectionString"]),
        ["value.v0"] = (["connectionString"], []),
        ["annotated.string"] = (["value", "filter"], []),
    };

    private static readonly string[] s_bindingParts = ["url", "host", "port", "targetPort", "scheme", "tlsEnabled"];

    public static IReadOnlyList<string> Violations(JsonObject resources) =>
        [.. resources.SelectMany(resource => OfResource(resource.Key, resource.Value!.AsObject(), resources))];

    private static IEnumerable<string> OfResource(string name, JsonObject resource, JsonObject resources)
    {
        var type = (string?)resource["type"] ?? "";
        if (!s_types.TryGetValue(type, out var allowed))
        {
            return [$"{name}: unknown type '{type}'"];
        }

        return
        [
            .. allowed.Required.Where(property => !resource.ContainsKey(property)).Select(property => $"{name}: '{property}' is missing in {type}"),
            .. resource.Where(property => property.Key != "type" && !allowed.Required.Contains(property.Key) && !allowed.Optional.Contains(property.Key))
                .Select(property => $"{name}: '{property.Key}' is not allowed in {type}"),
            .. Strings($"{name}.env", resource["env"]?.AsObject().Select(entry => (entry.Key, entry.Value))),
            .. Strings($"{name}.args", resource["args"]?.AsArray().Select((value, index) => ($"{index}", value))),
            .. Texts(name, resource).SelectMany(text => OfExpressions(text.Path, text.Value, resources)),
            .. (resource["bindings"]?.AsObject() ?? []).SelectMany(binding => OfBinding($"{name}.bindings.{binding.Key}", binding.Value!.AsObject())),
            .. (resource["volumes"]?.AsArray() ?? []).SelectMany((volume, index) => Properties($"{name}.volumes.{index}", volume!.AsObject(), ["target", "readOnly"], ["name"])),
            .. (resource["bindMounts"]?.AsArray() ?? []).SelectMany((mount, index) => Properties($"{name}.bindMounts.{index}", mount!.AsObject(), ["source", "target", "readOnly"], [])),
            .. (resource["inputs"]?.AsObject() ?? []).SelectMany(input => OfInput($"{name}.inputs.{input.Key}", input.Value!.AsObject())),
        ];
    }

    private static IEnumerable<string> OfBinding(string path, JsonObject binding) =>
    [
        .. Properties(path, binding, ["scheme", "protocol", "transport"], ["port", "targetPort", "external"]),
        .. OneOf(path, binding, "scheme", "http", "https", "tcp", "udp"),
        .. OneOf(path, binding, "protocol", "tcp", "udp"),
        .. OneOf(path, binding, "transport", "http", "http2", "tcp"),
        .. from part in new[] { "port", "targetPort" }
           where binding[part] is JsonValue port && (int)port is < 1 or > 65535
           select $"{path}.{part}: {binding[part]}",
        .. binding["external"] is JsonValue external && external.GetValueKind() != JsonValueKind.True ? [$"{path}.external: {external}"] : Array.Empty<string>(),
    ];

    private static IEnumerable<string> OfInput(string path, JsonObject input)
    {
        var fallback = input["default"]?.AsObject();
        return
        [
            .. Properties(path, input, ["type"], ["secret", "default"]),
            .. OneOf(path, input, "type", "string"),
            .. fallback is null ? [] : Properties($"{path}.default", fallback, [], ["generate", "value"]),
            .. fallback?["generate"] is JsonObject generate
                ? Properties($"{path}.default.generate", generate, ["minLength"], ["lower", "upper", "numeric", "special", "minLower", "minUpper", "minNumeric", "minSpecial"])
                : [],
        ];
    }

    private static IEnumerable<string> OfExpressions(string path, string text, JsonObject resources)
    {
        // Doubled braces are text.
        foreach (var expression in Expression().Matches(text.Replace("{{", "", StringComparison.Ordinal).Replace("}}", "", StringComparison.Ordinal)).Select(match => match.Groups[1].Value))
        {
            var parts = expression.Split('.');
            if (resources[parts[0]] is not JsonObject target)
            {
                yield return $"{path}: there is no '{parts[0]}'";
                continue;
            }

            var known = parts[1..] switch
            {
                ["connectionString"] => target["connectionString"] is not null,
                ["value"] => target["value"] is not null,
                ["inputs", var input] => target["inputs"]?[input] is not null,
                ["bindings", var binding, var part] => target["bindings"]?[binding] is not null && s_bindingParts.Contains(part),
                _ => false,
            };
            if (!known)
            {
                yield return $"{path}: '{expression}' names nothing";
            }
        }
    }

    private static IEnumerable<string> Properties(string path, JsonObject value, string[] required, string[] optional) =>
        required.Where(name => !value.ContainsKey(name)).Select(name => $"{path}: '{name}' is missing")
            .Concat(value.Where(property => !required.Contains(property.Key) && !optional.Contains(property.Key)).Select(property => $"{path}: '{property.Key}' is not allowed"));

    private static IEnumerable<string> OneOf(string path, JsonObject value, string name, params string[] allowed) =>
        value[name] is { } given && !allowed.Contains((string?)given) ? [$"{path}.{name}: '{given}'"] : [];

    private static IEnumerable<string> Strings(string path, IEnumerable<(string Name, JsonNode? Value)>? values) =>
        (values ?? []).Where(entry => entry.Value?.GetValueKind() != JsonValueKind.String).Select(entry => $"{path}.{entry.Name}: must be a string");

    private static IEnumerable<(string Path, string Value)> Texts(string path, JsonNode? node) => node switch
    {
        JsonObject many => many.SelectMany(entry => Texts($"{path}.{entry.Key}", entry.Value)),
        JsonArray list => list.SelectMany((value, index) => Texts($"{path}.{index}", value)),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => [(path, (string)value!)],
        _ => [],
    };

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex Expression();
}
