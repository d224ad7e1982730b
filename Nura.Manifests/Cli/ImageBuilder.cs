using System.CommandLine;
using Nura.Manifests.Manifest;
using Nura.Manifests.Model;

namespace Nura.Manifests.Cli;

/// <summary>Builds and pushes the images of a system: projects by the SDK, everything else by a container builder.</summary>
internal static class ImageBuilder
{
    public static Option<string> BuilderOption()
    {
        var option = new Option<string>("--container-builder") { Description = "docker or podman, for Dockerfiles.", DefaultValueFactory = _ => "docker" };
        option.AcceptOnlyFromAmong("docker", "podman");
        return option;
    }

    public static Option<string> RuntimesOption() => new("--runtime-identifier")
    {
        Description = "Runtimes of the images, separated by ';'.",
        DefaultValueFactory = _ => "linux-x64;linux-arm64",
    };

    /// <exception cref="ManifestToolException">A build or push failed; images pushed before stay, as nothing refers to them yet.</exception>
    public static async Task BuildAsync(
        DeploymentSystem system, ConversionOptions options, string builder, string runtimes, TextWriter log, CancellationToken cancellationToken)
    {
        foreach (var workload in system.Workloads.Where(workload => workload.Image.Built))
        {
            foreach (var (tool, arguments) in Steps(system, workload, options, builder, runtimes))
            {
                await ToolProcess.RunAsync(tool, arguments, log, cancellationToken);
            }
        }
    }

    /// <summary>The commands for one image, in order.</summary>
    public static IEnumerable<(string Tool, IReadOnlyList<string> Arguments)> Steps(DeploymentSystem system, Workload workload, ConversionOptions options, string builder, string runtimes)
    {
        var repository = workload.Image.Repository;
        if (workload.Source is ProjectResource project)
        {
            string[] registry = options.Registry.Length == 0 ? [] : ["-p:ContainerRegistry=" + options.Registry];
            yield return ("dotnet",
            [
                "publish", Absolute(project.Path), "--configuration", "Release", "-t:PublishContainer",
                "-p:ContainerRepository=" + repository, "-p:ContainerImageTag=" + options.Tag,
                // Semicolons separate properties on the command line unless escaped.
                "-p:RuntimeIdentifiers=" + runtimes.Replace(";", "%3B", StringComparison.Ordinal),
                "-p:ContainerRuntimeIdentifiers=" + runtimes.Replace(";", "%3B", StringComparison.Ordinal), .. registry,
            ]);
            yield break;
        }

        var build = ((ContainerResource)workload.Source).Build!;
        var image = workload.Image.Reference(options.Registry);
        yield return (builder,
        [
            "build", "--file", Absolute(build.Dockerfile), "--tag", image,
            .. build.Stage is null ? Array.Empty<string>() : ["--target", build.Stage],
            .. workload.BuildArguments.SelectMany(argument => (string[])["--build-arg", $"{argument.Key}={PlainText.BuildArgument(system, argument.Value)}"]),
            Absolute(build.Context),
        ]);
        if (options.Registry.Length > 0)
        {
            yield return (builder, ["push", image]);
        }

        string Absolute(string path) => Path.GetFullPath(Path.Combine(options.ManifestDirectory, path));
    }
}
