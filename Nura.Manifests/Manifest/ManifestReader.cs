using System.Text.Json;

namespace Nura.Manifests.Manifest;

/// <summary>Reads an Aspire manifest file. Whatever it cannot take over faithfully it refuses by name rather than guess.</summary>
internal static class ManifestReader
{
    private const string Supported =
        "project.v0, project.v1, container.v0, container.v1, dockerfile.v0, parameter.v0, value.v0, annotated.string";

    /// <exception cref="ManifestToolException">The file is missing, is not JSON, or holds something that cannot be converted.</exception>
    public static async Task<AspireManifest> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new ManifestToolException(
                $"There is no manifest at '{path}'. Publish one with: dotnet run --project <AppHost> -- --publisher manifest --output-path {path}");
        }

        return Parse(await File.ReadAllTextAsync(path, cancellationToken), Path.GetFullPath(path));
    }

    /// <param name="json">Text of the manifest.</param>
    /// <param name="path">Where it came from: for messages, and because paths inside are relative to it.</param>
    public static AspireManifest Parse(string json, string path)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException exception)
        {
            throw new ManifestToolException(
                $"'{path}' is not JSON: line {exception.LineNumber + 1}, position {exception.BytePositionInLine + 1}. Publish the manifest again.", exception);
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("resources", out var resources)
                || resources.ValueKind != JsonValueKind.Object)
            {
                throw new ManifestToolException($"'{path}' has no \"resources\" object, so it is not an Aspire manifest.");
            }

            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            var list = new List<ManifestResource>();
            foreach (var property in resources.EnumerateObject())
            {
                if (!seen.Add(property.Name))
                {
                    throw new ManifestToolException($"Resource '{property.Name}' is in the manifest twice. Aspire's names ignore case; rename one.");
                }

                list.Add(ReadResource(new ManifestElement(property.Name, "", property.Value)));
            }

            return new AspireManifest(Path.GetDirectoryName(path) ?? "", list);
        }
    }

    private static ManifestResource ReadResource(ManifestElement json)
    {
        var name = json.Resource;
        var type = json.Text("type");
        return type switch
        {
            "project.v0" or "project.v1" => Compute(new ProjectResource(name, json.Text("path")), json),
            "container.v0" or "container.v1" => Compute(ReadContainer(json), json),
            "dockerfile.v0" => Compute(
                new ContainerResource(name)
                {
                    Build = new ContainerBuild(json.Text("context"), json.Text("path"), null, json.Map("buildArgs")),
                },
                json),
            "parameter.v0" => ReadParameter(json),
            "value.v0" => new ValueResource(name, json.Text("connectionString")),
            "annotated.string" => new AnnotatedStringResource(name, json.Text("value"), json.Text("filter")),
            "executable.v0" => throw new ManifestToolException(
                $"Resource '{name}' is an executable, which a cluster cannot run. In the AppHost call PublishAsDockerFile() on it, or ExcludeFromManifest()."),
            _ => throw new ManifestToolException(
                $"Resource '{name}' has type '{type}', which is not converted. Known types: {Supported}. "
                + "In the AppHost replace it by PublishAsConnectionString(), or call ExcludeFromManifest() on it."),
        };
    }

    private static T Compute<T>(T resource, ManifestElement json)
        where T : ComputeResource => (T)(resource with
        {
            Environment = json.Map("env"),
            Arguments = json.Texts("args"),
            Bindings = [.. json.Objects("bindings").Select(ReadBinding)],
        });

    private static ContainerResource ReadContainer(ManifestElement json)
    {
        var build = json.Find("build");
        var image = json.OptionalText("image");
        if (build is null == image is null)
        {
            throw new ManifestToolException($"Resource '{json.Resource}' needs exactly one of \"image\" and \"build\".");
        }

        return new ContainerResource(json.Resource)
        {
            Image = image,
            Build = build is null
                ? null
                : new ContainerBuild(build.Text("context"), build.Text("dockerfile"), build.OptionalText("stage"), build.Map("args")),
            Entrypoint = json.OptionalText("entrypoint"),
            ConnectionString = json.OptionalText("connectionString"),
            Volumes = [.. json.List("volumes").Select(volume => new ManifestVolume(volume.OptionalText("name"), volume.Text("target"), volume.Flag("readOnly")))],
            BindMounts = [.. json.List("bindMounts").Select(mount => new ManifestBindMount(mount.Text("source"), mount.Text("target"), mount.Flag("readOnly")))],
        };
    }

    private static ManifestBinding ReadBinding(ManifestElement json) => new(
        json.Key,
        json.Text("scheme"),
        json.OptionalText("protocol") ?? "tcp",
        json.OptionalText("transport") ?? "tcp",
        json.Port("port"),
        json.Port("targetPort"),
        json.Flag("external"));

    private static ParameterResource ReadParameter(ManifestElement json)
    {
        // A parameter normally has one input, "value"; several would need names in the expression, which Aspire never writes.
        var input = json.Find("inputs")?.Find("value");
        var secret = input?.Flag("secret") ?? false;
        var fallback = input?.Find("default");
        var generate = fallback?.Find("generate");
        return new ParameterResource(json.Resource, json.Text("value"))
        {
            Secret = secret,
            Default = secret ? null : fallback?.OptionalText("value"),
            Generate = generate is null
                ? null
                : new GeneratedValue(
                    generate.Number("minLength") ?? 22,
                    generate.Flag("lower", true),
                    generate.Flag("upper", true),
                    generate.Flag("numeric", true),
                    generate.Flag("special", true)),
        };
    }
}
