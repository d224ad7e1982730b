using static Nura.Tests.Manifests.ManifestTools;

namespace Nura.Tests.Manifests;

/// <summary>What a user can get wrong: each says where and what to do, and leaves the output folder as it was.</summary>
public sealed class BadManifestTests
{
    private const string Web = """{"type":"project.v0","path":"Web.csproj","env":{},"bindings":{"http":{"scheme":"http","protocol":"tcp","transport":"http"}}}""";

    [Theory]
    [InlineData("{", "not JSON", "line 1")]
    [InlineData("[]", "no \"resources\" object")]
    [InlineData("""{"resources":{"x":{}}}""", "'x' has no \"type\"")]
    [InlineData("""{"resources":{"x":3}}""", "'x'", "must be an object")]
    [InlineData("""{"resources":{"queue":{"type":"azure.bicep.v0","path":"q.bicep"}}}""", "'queue'", "'azure.bicep.v0'", "ExcludeFromManifest")]
    [InlineData("""{"resources":{"npm":{"type":"executable.v0","command":"npm"}}}""", "'npm'", "PublishAsDockerFile")]
    [InlineData("""{"resources":{"a":{"type":"parameter.v0","value":"{a.inputs.value}","inputs":{"value":{"type":"string"}}}}}""", "nothing that runs")]
    [InlineData("""{"resources":{"c":{"type":"container.v1"}}}""", "'c'", "exactly one of \"image\" and \"build\"")]
    [InlineData("""{"resources":{"c":{"type":"container.v0","image":"two words"}}}""", "'c'", "'two words' is not an image reference")]
    [InlineData("""{"resources":{"c":{"type":"container.v0","image":"x:1","bindings":{"tcp":{"scheme":"tcp"}}}}}""", "'c'", "'tcp' has no targetPort")]
    [InlineData("""{"resources":{"c":{"type":"container.v0","image":"x:1","bindings":{"tcp":{"scheme":"tcp","targetPort":70000}}}}}""", "'c'", "bindings.tcp.targetPort", "1 to 65535")]
    [InlineData("""{"resources":{"c":{"type":"container.v0","image":"x:1","env":{"A B":"c"}}}}""", "'c'", "'A B'")]
    [InlineData("""{"resources":{"c":{"type":"container.v0","image":"x:1","env":{"A":{}}}}}""", "'c'", "env.A", "must be text")]
    [InlineData("""{"resources":{"c":{"type":"container.v0","image":"x:1","bindMounts":[{"source":"gone","target":"/x","readOnly":true}]}}}""", "'c'", "'gone'", "not there")]
    [InlineData("""{"resources":{"c":{"type":"container.v0","image":"x:1","volumes":[{"name":"a.b","target":"/x"},{"name":"a-b","target":"/y"}]}}}""", "'c'", "'a-b'")]
    [InlineData("""{"resources":{"v":{"type":"value.v0","connectionString":"{v.connectionString}"},"c":{"type":"container.v0","image":"x:1","env":{"A":"{v.connectionString}"}}}}""", "'v'", "refers to itself")]
    [InlineData("""{"resources":{"s":{"type":"parameter.v0","value":"{s.inputs.value}","inputs":{"value":{"type":"string","secret":true}}},"c":{"type":"dockerfile.v0","path":"Dockerfile","context":".","buildArgs":{"TOKEN":"{s.value}"}}}}""", "'c'", "build argument TOKEN", "secret")]
    [InlineData("""{"resources":{"C":{"type":"container.v0","image":"x:1"},"c":{"type":"container.v0","image":"x:1"}}}""", "'c'", "twice")]
    public async Task Generate_BadManifest_SaysWhereAndWritesNothing(string json, params string[] hints)
    {
        using var scratch = new ScratchFolder();

        await RefusedAsync(scratch, json, hints);
    }

    [Theory]
    [InlineData("{gone.value}", "no resource 'gone'")]
    [InlineData("{web.bindings.grpc.url}", "no endpoint 'grpc'")]
    [InlineData("{web.bindings.http.colour}", "not 'colour'")]
    [InlineData("{web.connectionString}", "no connection string")]
    [InlineData("{web.outputs.key}", "no 'outputs.key'")]
    [InlineData("{web.bindings.http.url", "not closed")]
    [InlineData("a }", "not opened")]
    public async Task Generate_UnresolvableExpression_NamesResourceVariableAndExpression(string expression, string reason)
    {
        using var scratch = new ScratchFolder();
        var json = """{"resources":{"web":WEB,"job":{"type":"container.v0","image":"x:1","env":{"TARGET":"EXPRESSION"}}}}"""
            .Replace("WEB", Web, StringComparison.Ordinal).Replace("EXPRESSION", expression, StringComparison.Ordinal);

        await RefusedAsync(scratch, json, "'job'", "env TARGET", expression.Trim(), reason);
    }

    [Fact]
    public async Task Generate_TwoEndpointsOnOnePort_NamesBoth()
    {
        using var scratch = new ScratchFolder();
        var json = """{"resources":{"c":{"type":"container.v0","image":"x:1","bindings":{"main":{"scheme":"http","targetPort":80},"admin":{"scheme":"http","targetPort":80}}}}}""";

        await RefusedAsync(scratch, json, "'c'", "'main' and 'admin'", "80/tcp");
    }

    [Theory]
    [InlineData(64, false)]
    [InlineData(53, true)]
    public async Task Generate_NameTooLongForKubernetes_SaysTheLimit(int length, bool hasVolume)
    {
        using var scratch = new ScratchFolder();
        var name = "n" + new string('x', length - 1);
        var volumes = hasVolume ? ""","volumes":[{"name":"v","target":"/v"}]""" : "";

        await RefusedAsync(
            scratch,
            """{"resources":{"NAME":{"type":"container.v0","image":"x:1"VOLUMES}}}""".Replace("NAME", name, StringComparison.Ordinal).Replace("VOLUMES", volumes, StringComparison.Ordinal),
            name,
            $"{length} characters");
    }

    [Fact]
    public async Task Generate_SecretGivenAsParameter_IsRefused()
    {
        using var scratch = new ScratchFolder();

        var (code, _, error) = await RunAsync("generate", "-m", Sample("starter"), "-o", scratch["out"], "--skip-build", "-pa", "cache-password=canary-5f1d");

        Assert.Equal(1, code);
        Assert.Contains("'cache-password' is a secret", error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-5f1d", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--output-format", "yaml")]
    [InlineData("--image-pull-policy", "Sometimes")]
    [InlineData("--name", "Not A Name")]
    [InlineData("--namespace", "-x")]
    [InlineData("-pa", "novalue")]
    [InlineData("-pa", "nosuch=1")]
    [InlineData("--settings", "gone.yaml")]
    [InlineData("--no-such-option", "x")]
    public async Task Generate_BadOption_FailsWithAMessage(string option, string value)
    {
        using var scratch = new ScratchFolder();

        var (code, _, error) = await RunAsync("generate", "-m", Sample("starter"), "-o", scratch["out"], "--skip-build", option, value);

        Assert.NotEqual(0, code);
        Assert.NotEmpty(error.Trim());
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch["out"]));
    }

    [Theory]
    [InlineData("kinds: { gone: Job }", "'gone'")]
    [InlineData("kinds: { cache: Daemon }", "'Daemon'")]
    [InlineData("colour: red", "'colour'")]
    [InlineData("values: 3", "'values' must be a mapping")]
    [InlineData("a: [", "not YAML")]
    public async Task Generate_BadSettings_AreNamed(string settings, string hint)
    {
        using var scratch = new ScratchFolder();

        var (code, _, error) = await RunAsync("generate", "-m", Sample("starter"), "-o", scratch["out"], "--skip-build", "--settings", scratch.Write("s.yaml", settings));

        Assert.Equal(1, code);
        Assert.Contains(hint, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_FolderOfSomebodyElse_IsNotReplaced()
    {
        using var scratch = new ScratchFolder();
        scratch.Write("out/thesis.txt", "three years of work");

        var (code, _, error) = await RunAsync("generate", "-m", Sample("starter"), "-o", scratch["out"], "--skip-build");

        Assert.Equal(1, code);
        Assert.Contains("did not write", error, StringComparison.Ordinal);
        Assert.Equal("three years of work", File.ReadAllText(scratch["out/thesis.txt"]));
    }

    [Fact]
    public async Task Generate_Again_ReplacesTheFolderButKeepsTheUsersSecrets()
    {
        using var scratch = new ScratchFolder();
        string[] arguments = ["generate", "-m", Sample("starter"), "-o", scratch["out"], "--skip-build", "--output-format"];
        Assert.Equal(0, (await RunAsync([.. arguments, "compose"])).Code);
        scratch.Write("out/.env", "CACHE_PASSWORD=mine\n");

        Assert.Equal(0, (await RunAsync([.. arguments, "compose"])).Code);

        Assert.Equal("CACHE_PASSWORD=mine\n", File.ReadAllText(scratch["out/.env"]));
        Assert.False(Directory.Exists(scratch["out.old"]) || Directory.Exists(scratch["out.writing"]));
    }

    [Fact]
    public async Task Generate_KustomizeWithoutAParametersValue_AsksForIt()
    {
        using var scratch = new ScratchFolder();

        var (code, _, error) = await RunAsync("generate", "-m", Sample("parameters"), "-o", scratch["out"], "--skip-build", "--output-format", "kustomize");

        Assert.Equal(1, code);
        Assert.Contains("-pa tenant=", error, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(ScratchFolder scratch, string json, params string[] hints)
    {
        // Something is there already, and must still be there afterwards.
        Assert.Equal(0, (await RunAsync("generate", "-m", Sample("starter"), "-o", scratch["out"], "--skip-build")).Code);
        var before = Contents(scratch["out"]);

        var (code, _, error) = await RunAsync("generate", "-m", scratch.Write("manifest.json", json), "-o", scratch["out"], "--skip-build");

        Assert.Equal(1, code);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.All(hints, hint => Assert.Contains(hint, error, StringComparison.Ordinal));
        Assert.Equal(before, Contents(scratch["out"]));
        Assert.False(Directory.Exists(scratch["out.writing"]));
    }

    private static string Contents(string folder) => string.Join('\n', Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order().Select(file => file + "\n" + File.ReadAllText(file)));
}
