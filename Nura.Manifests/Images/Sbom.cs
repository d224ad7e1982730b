using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nura.Manifests.Images;

/// <summary>
/// Software bill of materials of a built project: the packages that really ship with it, from the .deps.json the SDK writes.
/// The same input gives the same bytes. A native image has the .NET runtime in it, and the .deps.json of its platform names it; what the base image holds is in the base image's own SBOM.
/// </summary>
/// <remarks>Format: CycloneDX 1.6 JSON, https://cyclonedx.org/docs/1.6/json/.</remarks>
internal static class Sbom
{
    private const string RuntimePack = "runtimepack.";

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="depsJson">Text of the .deps.json.</param>
    /// <param name="path">Where it came from, for messages.</param>
    /// <exception cref="ManifestToolException">It is not a .deps.json.</exception>
    public static string From(string depsJson, string path)
    {
        try
        {
            var deps = JsonNode.Parse(depsJson)!;
            var target = deps["targets"]![deps["runtimeTarget"]!["name"]!.GetValue<string>()]!.AsObject();
            var libraries = deps["libraries"]!.AsObject();
            var names = target.Select(entry => entry.Key).ToDictionary(key => key.Split('/')[0], key => key);
            var application = libraries.First(library => library.Value!["type"]!.GetValue<string>() == "project").Key;
            var packages = libraries.Where(library => library.Key != application).OrderBy(library => library.Key, StringComparer.Ordinal).ToList();
            return new JsonObject
            {
                ["bomFormat"] = "CycloneDX",
                ["specVersion"] = "1.6",
                ["serialNumber"] = "urn:uuid:" + new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(depsJson)).AsSpan(0, 16)),
                ["version"] = 1,
                ["metadata"] = new JsonObject { ["component"] = Component(application, "application", null) },
                ["components"] = new JsonArray([.. packages.Select(library => (JsonNode)Component(library.Key, "library", library.Value!["sha512"]?.GetValue<string>()))]),
                ["dependencies"] = new JsonArray([.. target.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (JsonNode)new JsonObject
                {
                    ["ref"] = Reference(entry.Key),
                    ["dependsOn"] = new JsonArray([.. (entry.Value!["dependencies"]?.AsObject() ?? []).Where(dependency => names.ContainsKey(dependency.Key))
                        .Select(dependency => (JsonNode)Reference(names[dependency.Key]))]),
                })]),
            }.ToJsonString(s_indented) + "\n";
        }
        catch (Exception exception) when (exception is JsonException or NullReferenceException or InvalidOperationException)
        {
            throw new ManifestToolException($"'{path}' is not a .deps.json of a built project. Build it first: dotnet build --configuration Release", exception);
        }
    }

    private static JsonObject Component(string library, string type, string? sha512)
    {
        var parts = Package(library).Split('/');
        var component = new JsonObject { ["type"] = type, ["bom-ref"] = Reference(library), ["name"] = parts[0], ["version"] = parts[1] };
        if (type == "library")
        {
            component["purl"] = Reference(library);
        }

        if (sha512?.Length > 0)
        {
            // NuGet writes "sha512-" and base64; CycloneDX wants hex.
            component["hashes"] = new JsonArray(new JsonObject
            {
                ["alg"] = "SHA-512",
                ["content"] = Convert.ToHexStringLower(Convert.FromBase64String(sha512["sha512-".Length..])),
            });
        }

        return component;
    }

    private static string Reference(string library) => "pkg:nuget/" + Package(library).Replace('/', '@');

    /// <summary>What is published with the runtime in it names that by the package it comes from, behind a word of the SDK's own.</summary>
    private static string Package(string library) => library.StartsWith(RuntimePack, StringComparison.Ordinal) ? library[RuntimePack.Length..] : library;
}
