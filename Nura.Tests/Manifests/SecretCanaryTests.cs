using Nura.Manifests.Cli;
using static Nura.Tests.Manifests.ManifestTools;

namespace Nura.Tests.Manifests;

/// <summary>Secret values have several ways into a manifest. None may lead out of the tool.</summary>
public sealed class SecretCanaryTests
{
    private const string Manifest = """
        {"resources":{
          "literal":{"type":"parameter.v0","value":"kanary-literal","inputs":{"value":{"type":"string","secret":true}}},
          "fallback":{"type":"parameter.v0","value":"{fallback.inputs.value}","inputs":{"value":{"type":"string","secret":true,"default":{"value":"kanary-default"}}}},
          "made":{"type":"parameter.v0","value":"{made.inputs.value}","inputs":{"value":{"type":"string","secret":true,"default":{"generate":{"minLength":22}}}}},
          "made-uri-encoded":{"type":"annotated.string","value":"{made.value}","filter":"uri"},
          "store":{"type":"container.v0","image":"store:1","connectionString":"store://{made-uri-encoded.value}:{fallback.value}@{store.bindings.tcp.host}",
            "env":{"DIRECT":"{literal.value}","MIXED":"x{fallback.value}y"},"args":["--password","{fallback.value}"],
            "bindings":{"tcp":{"scheme":"tcp","targetPort":7000}}},
          "app":{"type":"project.v0","path":"App.csproj","env":{"ConnectionStrings__store":"{store.connectionString}","Key":"{literal.value}"},"bindings":{}}}}
        """;

    [Theory]
    [InlineData("helm")]
    [InlineData("kustomize")]
    [InlineData("compose")]
    public async Task Generate_SecretsInTheManifest_AppearNowhere(string format)
    {
        using var scratch = new ScratchFolder();

        var (code, output, error) = await RunAsync("generate", "-m", scratch.Write("m.json", Manifest), "-o", scratch["out"], "--skip-build", "--output-format", format);

        Assert.True(code == 0, error);
        var everything = output + error + string.Concat(Directory.EnumerateFiles(scratch["out"], "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.DoesNotContain("kanary", everything, StringComparison.Ordinal);
        // Proof that they were looked at: each is referred to.
        Assert.All(["literal", "fallback", "made"], name => Assert.Contains(name, everything, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task EnvironmentFile_Applied_MakesRandomValuesOnceAndForItsOwnerOnly()
    {
        using var scratch = new ScratchFolder();
        await RunAsync("generate", "-m", scratch.Write("m.json", Manifest), "-o", scratch["out"], "--skip-build", "--output-format", "compose");

        // Two values only a person can give.
        var refused = await Assert.ThrowsAsync<Nura.Manifests.ManifestToolException>(() => EnvironmentFile.CompleteAsync(scratch["out"], CancellationToken.None));
        Assert.Contains("FALLBACK", refused.Message, StringComparison.Ordinal);
        Assert.Contains("LITERAL", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(scratch["out/.env"]));

        scratch.Write("out/.env", "FALLBACK=f\nLITERAL=l=1\n");
        Assert.Equal(["MADE"], await EnvironmentFile.CompleteAsync(scratch["out"], CancellationToken.None));
        var first = File.ReadAllText(scratch["out/.env"]);
        Assert.Empty(await EnvironmentFile.CompleteAsync(scratch["out"], CancellationToken.None));

        Assert.Equal(first, File.ReadAllText(scratch["out/.env"]));
        Assert.Contains("LITERAL=l=1\n", first, StringComparison.Ordinal);
        Assert.Matches("MADE=[A-Za-z0-9]{24,}\n", first);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(scratch["out/.env"]));
        }
    }
}
