using Nura.Manifests.Manifest;
using Nura.Manifests.Model;

namespace Nura.Manifests.Cli;

/// <summary>Builds and pushes the images of a system: projects by the SDK, everything else by a container builder.</summary>
internal static class ImageBuilder
{
    /// <exception cref="ManifestToolException">
    /// The plan names a resource without an image of its own, or a build or push failed; images pushed before stay, as nothing refers to them yet.
    /// </exception>
    public static async Task BuildAsync(DeploymentSystem system, ConversionOptions options, ImagePlan plan, TextWriter log, CancellationToken cancellationToken)
    {
        foreach (var workload in Chosen(system, plan))
        {
            foreach (var (tool, arguments) in Steps(system, workload, options, plan))
            {
                await ToolProcess.RunAsync(tool, arguments, log, cancellationToken);
            }
        }
    }

    /// <summary>The workloads whose images are built.</summary>
    /// <exception cref="ManifestToolException">The plan names a resource without an image of its own.</exception>
    public static IReadOnlyList<Workload> Chosen(DeploymentSystem system, ImagePlan plan)
    {
        var built = system.Workloads.Where(workload => workload.Image.Built).ToList();
        return plan.Components.FirstOrDefault(name => built.All(workload => workload.Source.Name != name)) is { } unknown
            ? throw new ManifestToolException($"There is no image to build for '{unknown}'. There is one for: {string.Join(", ", built.Select(workload => workload.Source.Name))}.")
            : [.. built.Where(workload => plan.Components.Count == 0 || plan.Components.Contains(workload.Source.Name))];
    }

    /// <summary>The commands for one image, in order.</summary>
    public static IEnumerable<(string Tool, IReadOnlyList<string> Arguments)> Steps(DeploymentSystem system, Workload workload, ConversionOptions options, ImagePlan plan)
    {
        var image = workload.Image.Reference(options.Registry);
        if (workload.Source is ProjectResource project)
        {
            var file = Absolute(project.Path);
            var folder = Path.GetDirectoryName(file)!;
            var dockerfile = Path.Combine(folder, "Dockerfile");
            if (!plan.PreferDockerfile || !File.Exists(dockerfile))
            {
                yield return ("dotnet", Publish(workload, file, options, plan));
                yield break;
            }

            yield return (plan.Builder, ["build", "--file", dockerfile, "--tag", image, .. Repeat(plan.Arguments), plan.Context is null ? folder : Path.GetFullPath(plan.Context)]);
        }
        else
        {
            var build = ((ContainerResource)workload.Source).Build!;
            yield return (plan.Builder,
            [
                "build", "--file", Absolute(build.Dockerfile), "--tag", image,
                .. build.Stage is null ? Array.Empty<string>() : ["--target", build.Stage],
                .. Repeat(workload.BuildArguments.Select(argument => $"{argument.Key}={PlainText.BuildArgument(system, argument.Value)}").Concat(plan.Arguments)),
                Absolute(build.Context),
            ]);
        }

        if (options.Registry.Length > 0)
        {
            yield return (plan.Builder, ["push", image]);
        }

        string Absolute(string path) => Path.GetFullPath(Path.Combine(options.ManifestDirectory, path));
    }

    private static List<string> Publish(Workload workload, string project, ConversionOptions options, ImagePlan plan)
    {
        // Semicolons separate properties on the command line unless quoted inside the argument; escaped, they stay one odd runtime.
        var several = $"\"{plan.Runtimes}\"";
        return
        [
            "publish", project, "--configuration", "Release", "-t:PublishContainer",
            "-p:ContainerRepository=" + workload.Image.Repository, "-p:ContainerImageTag=" + options.Tag,
            // A list of one would publish what runs everywhere: nothing compiled beforehand.
            .. plan.Runtimes.Contains(';') ? ["-p:RuntimeIdentifiers=" + several, "-p:ContainerRuntimeIdentifiers=" + several] : (string[])["-p:RuntimeIdentifier=" + plan.Runtimes],
            .. options.Registry.Length == 0 ? Array.Empty<string>() : ["-p:ContainerRegistry=" + options.Registry],
        ];
    }

    private static IEnumerable<string> Repeat(IEnumerable<string> arguments) => arguments.SelectMany(argument => (string[])["--build-arg", argument]);
}
