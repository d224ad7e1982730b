using Nura.Manifests.Cli;

namespace Nura.Tests.Manifests;

/// <summary>Scripts written for aspirate 9.1 run: its verbs and options are known, each in its short and long form.</summary>
public sealed class AspirateOptionTests
{
    private const string Common = "--non-interactive --disable-secrets --disable-state";

    private const string Images = "-p . -cr r -crp p -ct t --container-builder podman -cbc . -cba A=b --prefer-dockerfile";

    [Theory]
    [InlineData("init", "-p . -cr r --container-registry=r -crp p --container-repository-prefix=p -ct t --container-image-tag=t -tp x --template-path=x -lp x")]
    [InlineData("build", Images + " -m x --aspire-manifest=x -c api --components=api --runtime-identifier linux-x64 -lp x --launch-profile=x --secret-password x")]
    [InlineData("generate", Images + " -m x -o out --output-path=out --skip-build -sf --skip-final-kustomize-generation -c api --image-pull-policy Always --namespace n --output-format helm "
        + "--runtime-identifier linux-arm64 --secret-password x --private-registry --private-registry-url u --private-registry-username u --private-registry-password p --private-registry-email e "
        + "--include-dashboard --with-dashboard --replace-secrets -pa a=b --parameter=c=d --compose-build api -lp x")]
    [InlineData("apply", "-i in --input-path=in -k ctx --kube-context=ctx --secret-password x -r --rolling-restart")]
    [InlineData("destroy", "-i in --input-path=in -k ctx --kube-context=ctx")]
    public void Verb_OptionsOfAspirate_AreAllKnown(string verb, string options)
    {
        foreach (var group in System.Text.RegularExpressions.Regex.Split($"{options} {Common}", @" (?=-)"))
        {
            // One at a time, as some name the same option twice.
            Assert.Empty(CommandLineTree.Create().Parse([verb, .. group.Split(' ')]).Errors.Select(error => $"{verb} {group}: {error.Message}"));
        }
    }

    [Fact]
    public async Task Environment_TwinsOfAspirate_StandInForOptions()
    {
        using var scratch = new ScratchFolder();
        var environment = new Dictionary<string, string> { ["ASPIRATE_CONTAINER_REGISTRY"] = "registry.example", ["ASPIRATE_CONTAINER_IMAGE_TAG"] = "9", ["ASPIRATE_ASPIRE_MANIFEST"] = ManifestTools.Sample("starter") };

        var (code, output, error) = await ToolProcess.ExecuteAsync(
            "dotnet", [typeof(CommandLineTree).Assembly.Location, "generate", "-o", scratch["out"], "--skip-build", "--output-format", "compose", "-ct", "10"], scratch.Path, environment, null, null, CancellationToken.None);

        Assert.True(code == 0, output + error);
        // The command line wins.
        Assert.Contains("image: registry.example/apiservice:10", File.ReadAllText(scratch["out/compose.yaml"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Option_WithoutEffectHere_SaysWhatToDoInstead()
    {
        using var scratch = new ScratchFolder();

        var (code, _, error) = await ManifestTools.RunAsync(
            "generate", "-m", ManifestTools.Sample("starter"), "-o", scratch["out"], "--skip-build", "--private-registry-password", "hunter2", "--include-dashboard");

        Assert.Equal(0, code);
        Assert.Contains("kubectl create secret docker-registry image-pull-secret", error, StringComparison.Ordinal);
        Assert.Contains("--include-dashboard has no effect", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error + string.Concat(Directory.EnumerateFiles(scratch["out"], "*", SearchOption.AllDirectories).Select(File.ReadAllText)), StringComparison.Ordinal);
    }
}
