using System.CommandLine;
using Nura.Manifests.Compose;
using Nura.Manifests.Helm;
using Nura.Manifests.Kustomize;
using Nura.Manifests.Model;
using Nura.Manifests.Output;

namespace Nura.Manifests.Cli;

/// <summary>"generate": manifest in, a folder of Helm, Kustomize or Compose files out; images are built on the way unless told otherwise.</summary>
internal static class GenerateCommand
{
    public const string Helm = "helm";

    public const string Kustomize = "kustomize";

    public const string Compose = "compose";

    public static Command Create()
    {
        var shared = new SharedOptions();
        var format = new Option<string>("--output-format") { Description = "helm, kustomize or compose.", DefaultValueFactory = _ => Kustomize };
        format.AcceptOnlyFromAmong(Helm, Kustomize, Compose);
        var output = new Option<string>("--output-path", "-o") { Description = "Folder to write; replaced as a whole.", DefaultValueFactory = _ => "aspirate-output" };
        var skip = new Option<bool>("--skip-build") { Description = "Do not build images." };
        var images = new ImageOptions();
        var command = new Command("generate", "Writes Helm, Kustomize or Compose output from an Aspire manifest.") { format, output, skip };
        images.AddTo(command);
        shared.AddTo(command);
        command.SetAction((parse, cancellationToken) => Failures.ReportAsync(parse, async () =>
        {
            var options = await shared.ReadAsync(parse, cancellationToken);
            var manifest = await shared.ManifestAsync(parse, cancellationToken);
            options = options with { ManifestDirectory = manifest.Directory };
            var system = SystemBuilder.Build(manifest, options);
            var files = Files(parse.GetValue(format)!, system, options);
            var log = parse.InvocationConfiguration.Output;
            if (!parse.GetValue(skip))
            {
                await ImageBuilder.BuildAsync(system, options, images.Read(parse), log, cancellationToken);
            }

            await OutputFolder.WriteAsync(parse.GetValue(output)!, files, cancellationToken);
            foreach (var note in system.Notes)
            {
                await log.WriteLineAsync("note: " + note);
            }

            await log.WriteLineAsync($"{system.Workloads.Count} workloads, {system.Secrets.Count} secrets: {files.Count} {parse.GetValue(format)} files in {parse.GetValue(output)}");
        }));
        return command;
    }

    public static IReadOnlyDictionary<string, string> Files(string format, DeploymentSystem system, ConversionOptions options) => format switch
    {
        Helm => HelmChart.Write(system, options),
        Compose => ComposeFile.Write(system, options),
        _ => KustomizeFolder.Write(system, options),
    };
}
