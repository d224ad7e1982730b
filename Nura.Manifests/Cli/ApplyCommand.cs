using System.CommandLine;
using Nura.Manifests.Compose;

namespace Nura.Manifests.Cli;

/// <summary>"apply" and "destroy": hand generated output to the tool it was made for. For a team, Argo CD does this instead.</summary>
internal static class ApplyCommand
{
    public static Command Create()
    {
        var input = InputOption();
        var context = ContextOption();
        var space = NamespaceOption();
        var values = new Option<string[]>("--values", "-f") { Description = "More value files for a chart; may be repeated.", DefaultValueFactory = _ => [] };
        var restart = new Option<bool>("--rolling-restart", "-r") { Description = "Restart the Deployments afterwards." };
        var quiet = new Option<bool>("--non-interactive") { Description = "Never ask." };
        var command = new Command("apply", "Installs or updates what generate wrote, in the current cluster or container engine.") { input, context, space, values, restart, quiet };
        AddStateless(command);
        command.SetAction((parse, cancellationToken) => Failures.ReportAsync(parse, async () =>
        {
            var output = GeneratedOutput.Open(parse.GetValue(input)!);
            var log = parse.InvocationConfiguration.Output;
            if (output.Format == GenerateCommand.Compose && await EnvironmentFile.CompleteAsync(output.Path, cancellationToken) is { Count: > 0 } made)
            {
                await log.WriteLineAsync($"made random values for {string.Join(", ", made)} in {ComposeFile.SecretsFile}");
            }

            foreach (var (tool, arguments) in output.Apply(parse.GetValue(context), parse.GetValue(space), parse.GetValue(values)!, parse.GetValue(restart)))
            {
                await ToolProcess.RunAsync(tool, arguments, log, cancellationToken);
            }
        }));
        return command;
    }

    public static Command CreateDestroy()
    {
        var input = InputOption();
        var context = ContextOption();
        var space = NamespaceOption();
        var quiet = new Option<bool>("--non-interactive") { Description = "Do not ask for confirmation." };
        var command = new Command("destroy", "Removes what apply installed. Volumes and their data stay.") { input, context, space, quiet };
        AddStateless(command);
        command.SetAction((parse, cancellationToken) => Failures.ReportAsync(parse, async () =>
        {
            var output = GeneratedOutput.Open(parse.GetValue(input)!);
            if (!parse.GetValue(quiet))
            {
                throw new ManifestToolException(
                    $"destroy removes '{output.Name}' from {(output.Format == GenerateCommand.Compose ? "this machine" : $"the context '{parse.GetValue(context) ?? "that is current"}'")}. Repeat with --non-interactive to confirm.");
            }

            foreach (var (tool, arguments) in output.Destroy(parse.GetValue(context), parse.GetValue(space)))
            {
                await ToolProcess.RunAsync(tool, arguments, parse.InvocationConfiguration.Output, cancellationToken);
            }
        }));
        return command;
    }

    private static Option<string> InputOption() => new("--input-path", "-i") { Description = "Folder that generate wrote.", DefaultValueFactory = _ => "aspirate-output" };

    private static Option<string?> ContextOption() => new("--kube-context", "-k") { Description = "Context of the kubeconfig; the current one by default." };

    private static Option<string?> NamespaceOption() => new("--namespace") { Description = "Namespace of a chart; by default its name." };

    private static void AddStateless(Command command)
    {
        foreach (var option in SharedOptions.Stateless())
        {
            command.Options.Add(option);
        }
    }
}
