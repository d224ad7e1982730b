using System.CommandLine;
using Nura.Manifests.Model;

namespace Nura.Manifests.Cli;

/// <summary>"build": builds and pushes the images without writing any output.</summary>
internal static class BuildCommand
{
    public static Command Create()
    {
        var shared = new SharedOptions();
        var images = new ImageOptions();
        var command = new Command("build", "Builds the images of the system, and pushes them when a registry is given.");
        images.AddTo(command);
        shared.AddTo(command);
        command.SetAction((parse, cancellationToken) => Failures.ReportAsync(parse, async () =>
        {
            var options = await shared.ReadAsync(parse, cancellationToken);
            var manifest = await shared.ManifestAsync(parse, cancellationToken);
            options = options with { ManifestDirectory = manifest.Directory };
            var system = SystemBuilder.Build(manifest, options);
            await ImageBuilder.BuildAsync(system, options, images.Read(parse), parse.InvocationConfiguration.Output, cancellationToken);
        }));
        return command;
    }
}
