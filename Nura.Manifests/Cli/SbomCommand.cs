using System.CommandLine;
using Nura.Manifests.Images;

namespace Nura.Manifests.Cli;

/// <summary>"sbom": the bill of materials of a built project.</summary>
internal static class SbomCommand
{
    public static Command Create()
    {
        var deps = new Argument<string>("deps") { Description = "The project's .deps.json in its output folder." };
        var output = new Option<string>("--output-path", "-o") { Description = "File to write.", Required = true };
        var command = new Command("sbom", "Writes a CycloneDX bill of materials of a built project.") { deps, output };
        command.SetAction((parse, cancellationToken) => Failures.ReportAsync(parse, async () =>
        {
            var path = parse.GetValue(deps)!;
            if (!File.Exists(path))
            {
                throw new ManifestToolException($"There is no '{path}'. Build the project first; the file is in its output folder.");
            }

            var text = Sbom.From(await File.ReadAllTextAsync(path, cancellationToken), path);
            var target = parse.GetValue(output)!;
            await File.WriteAllTextAsync(target + ".writing", text, cancellationToken);
            File.Move(target + ".writing", target, overwrite: true);
        }));
        return command;
    }
}
