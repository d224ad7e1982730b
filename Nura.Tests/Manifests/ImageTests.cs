using System.Text.Json.Nodes;
using Nura.Manifests.Cli;
using Nura.Manifests.Manifest;
using Nura.Manifests.Model;
using Nura.Tests.House;

namespace Nura.Tests.Manifests;

public sealed class ImageTests
{
    private static readonly ConversionOptions s_options = new() { Registry = "registry.example", RepositoryPrefix = "team-", Tag = "1.2.3", ManifestDirectory = "/src/app" };

    [Fact]
    public async Task Steps_ProjectAndDockerfiles_AreTheCommandsOfTheirTools()
    {
        var system = SystemBuilder.Build(await ManifestReader.ReadAsync(ManifestTools.Sample("polyglot"), CancellationToken.None), s_options);

        var steps = system.Workloads.SelectMany(workload => ImageBuilder.Steps(system, workload, s_options, new ImagePlan { Builder = "podman" }))
            .Select(step => step.Tool + " " + string.Join(' ', step.Arguments)).ToList();

        Assert.Equal(
            [
                "dotnet publish /src/app/WeatherApi/WeatherApi.csproj --configuration Release -t:PublishContainer -p:ContainerRepository=team-weatherapi -p:ContainerImageTag=1.2.3 "
                    + "-p:RuntimeIdentifiers=\"linux-x64;linux-arm64\" -p:ContainerRuntimeIdentifiers=\"linux-x64;linux-arm64\" -p:ContainerRegistry=registry.example",
                "podman build --file /src/app/frontend/Dockerfile --tag registry.example/team-frontend:1.2.3 --build-arg NODE_VERSION=20 --build-arg BANNER=a {literal} brace /src/app/frontend",
                "podman push registry.example/team-frontend:1.2.3",
                "podman build --file /src/app/scorer/Dockerfile --tag registry.example/team-scorer:1.2.3 --target final --build-arg MODE=fast /src/app/scorer",
                "podman push registry.example/team-scorer:1.2.3",
            ],
            steps);
    }

    [Fact]
    public async Task Steps_DockerfilePreferred_WinsOverTheSdkWhereThereIsOne()
    {
        using var scratch = new ScratchFolder();
        scratch.Write("Web/Dockerfile", "FROM scratch\n");
        var manifest = scratch.Write("m.json", """
            {"resources":{"web":{"type":"project.v0","path":"Web/Web.csproj"},"plain":{"type":"project.v0","path":"Plain/Plain.csproj"},"cache":{"type":"container.v0","image":"redis:8"}}}
            """);
        var options = new ConversionOptions { Tag = "7", ManifestDirectory = scratch.Path };
        var system = SystemBuilder.Build(await ManifestReader.ReadAsync(manifest, CancellationToken.None), options);

        var plan = new ImagePlan { PreferDockerfile = true, Arguments = ["A=b"], Runtimes = "linux-x64" };
        var steps = ImageBuilder.Chosen(system, plan).SelectMany(workload => ImageBuilder.Steps(system, workload, options, plan)).Select(step => step.Tool + " " + string.Join(' ', step.Arguments)).ToList();

        Assert.Equal(2, steps.Count);
        Assert.Equal($"docker build --file {scratch["Web/Dockerfile"]} --tag web:7 --build-arg A=b {scratch["Web"]}", steps[0]);
        Assert.Equal($"dotnet publish {scratch["Plain/Plain.csproj"]} --configuration Release -t:PublishContainer -p:ContainerRepository=plain -p:ContainerImageTag=7 -p:RuntimeIdentifier=linux-x64", steps[1]);
        Assert.Equal(["plain"], ImageBuilder.Chosen(system, plan with { Components = ["plain"] }).Select(workload => workload.Name));
        var refused = Assert.Throws<Nura.Manifests.ManifestToolException>(() => ImageBuilder.Chosen(system, plan with { Components = ["cache"] }));
        Assert.Contains("no image to build for 'cache'. There is one for: web, plain.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sbom_OfANativeProject_NamesTheRuntimeInItByItsPackage()
    {
        var sbom = JsonNode.Parse(Nura.Manifests.Images.Sbom.From("""
            {
              "runtimeTarget": { "name": ".NETCoreApp,Version=v10.0/linux-x64" },
              "targets": { ".NETCoreApp,Version=v10.0/linux-x64": {
                "Web/1.0.0": { "dependencies": { "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64": "10.0.12" } },
                "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/10.0.12": {} } },
              "libraries": {
                "Web/1.0.0": { "type": "project", "sha512": "" },
                "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/10.0.12": { "type": "runtimepack", "sha512": "" } }
            }
            """, "Web.deps.json"))!;

        Assert.Equal("pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@10.0.12", (string?)sbom["components"]![0]!["purl"]);
        Assert.Equal("pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@10.0.12", (string?)sbom["dependencies"]![0]!["dependsOn"]![0]);
    }

    [Fact]
    public async Task Sbom_OfABuiltProject_NamesEveryPackageWithItsHash()
    {
        using var scratch = new ScratchFolder();
        var deps = Path.Combine(AppContext.BaseDirectory, "Nura.Tests.deps.json");

        var (code, _, error) = await ManifestTools.RunAsync("sbom", deps, "-o", scratch["a.cdx.json"]);
        await ManifestTools.RunAsync("sbom", deps, "-o", scratch["b.cdx.json"]);

        Assert.True(code == 0, error);
        Assert.Equal(File.ReadAllText(scratch["a.cdx.json"]), File.ReadAllText(scratch["b.cdx.json"]));
        var sbom = JsonNode.Parse(File.ReadAllText(scratch["a.cdx.json"]))!;
        var components = sbom["components"]!.AsArray();
        Assert.Equal("Nura.Tests", sbom["metadata"]!["component"]!["name"]!.GetValue<string>());
        var yaml = Assert.Single(components, component => component!["name"]!.GetValue<string>() == "YamlDotNet")!;
        Assert.Equal("pkg:nuget/YamlDotNet@16.3.0", yaml["purl"]!.GetValue<string>());
        Assert.Matches("^[0-9a-f]{128}$", yaml["hashes"]![0]!["content"]!.GetValue<string>());
        // Every arrow ends at something that is listed.
        var known = components.Select(component => component!["bom-ref"]!.GetValue<string>()).Append(sbom["metadata"]!["component"]!["bom-ref"]!.GetValue<string>()).ToHashSet();
        Assert.All(sbom["dependencies"]!.AsArray(), dependency => Assert.All(dependency!["dependsOn"]!.AsArray(), reference => Assert.Contains(reference!.GetValue<string>(), known)));
    }

    [Theory]
    [InlineData("gone.json", "There is no")]
    [InlineData("Nura.sln", "not a .deps.json")]
    public async Task Sbom_OfSomethingElse_SaysSo(string file, string hint)
    {
        using var scratch = new ScratchFolder();

        var (code, _, error) = await ManifestTools.RunAsync("sbom", Path.Combine(SourceTree.Root, file), "-o", scratch["a.json"]);

        Assert.Equal(1, code);
        Assert.Contains(hint, error, StringComparison.Ordinal);
        Assert.False(File.Exists(scratch["a.json"]));
    }

    [Theory]
    [InlineData("helm", "helm upgrade starter OUT --install --namespace space --create-namespace --rollback-on-failure --timeout 10m --values v.yaml --kube-context ctx", "helm uninstall starter --namespace space --ignore-not-found --kube-context ctx")]
    [InlineData("kustomize", "kubectl apply --kustomize OUT --context ctx", "kubectl delete --kustomize OUT --ignore-not-found --context ctx")]
    [InlineData("compose", "docker compose --project-directory OUT up --detach --wait", "docker compose --project-directory OUT down")]
    public async Task Output_AppliedAndDestroyed_UsesTheToolItWasMadeFor(string format, string apply, string destroy)
    {
        using var scratch = new ScratchFolder();
        await ManifestTools.RunAsync("generate", "-m", ManifestTools.Sample("starter"), "-o", scratch["out"], "--skip-build", "--output-format", format, "--name", "starter");

        var output = GeneratedOutput.Open(scratch["out"]);

        Assert.Equal([apply.Replace("OUT", scratch["out"], StringComparison.Ordinal)], output.Apply("ctx", "space", ["v.yaml"], restart: false).Select(Line));
        Assert.Equal([destroy.Replace("OUT", scratch["out"], StringComparison.Ordinal)], output.Destroy("ctx", "space").Select(Line));

        static string Line((string Tool, IReadOnlyList<string> Arguments) step) => step.Tool + " " + string.Join(' ', step.Arguments);
    }

    [Fact]
    public async Task Init_Settings_AreUsedByGenerateAndNotOverwritten()
    {
        using var scratch = new ScratchFolder();
        File.Copy(ManifestTools.Sample("starter"), scratch["m.json"]);
        Assert.Equal(0, (await ManifestTools.RunAsync("init", "-p", scratch.Path, "--name", "shelf", "-cr", "registry.example/", "-crp", "team", "-ct", "7")).Code);

        var again = await ManifestTools.RunAsync("init", "-p", scratch.Path, "--name", "other");
        var generated = await ManifestTools.RunAsync("generate", "-p", scratch.Path, "-m", scratch["m.json"], "-o", scratch["out"], "--skip-build", "--output-format", "compose");

        Assert.Equal(1, again.Code);
        Assert.Contains("--force", again.Error, StringComparison.Ordinal);
        Assert.True(generated.Code == 0, generated.Error);
        var compose = File.ReadAllText(scratch["out/compose.yaml"]);
        Assert.StartsWith("name: shelf\n", compose, StringComparison.Ordinal);
        Assert.Contains("image: registry.example/team/apiservice:7", compose, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Destroy_WithoutConfirmation_DoesNothing()
    {
        using var scratch = new ScratchFolder();
        await ManifestTools.RunAsync("generate", "-m", ManifestTools.Sample("starter"), "-o", scratch["out"], "--skip-build", "--output-format", "compose");

        var (code, _, error) = await ManifestTools.RunAsync("destroy", "-i", scratch["out"]);

        Assert.Equal(1, code);
        Assert.Contains("--non-interactive to confirm", error, StringComparison.Ordinal);
    }
}
