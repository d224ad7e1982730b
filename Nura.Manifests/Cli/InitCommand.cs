using System.CommandLine;
using Nura.Manifests.Output;

namespace Nura.Manifests.Cli;

/// <summary>"init": writes the settings file, so that later calls need fewer options.</summary>
internal static class InitCommand
{
    public static Command Create()
    {
        var shared = new SharedOptions();
        var force = new Option<bool>("--force") { Description = "Replace settings that are there." };
        var command = new Command("init", $"Writes {Settings.FileName} from the options given.") { force };
        shared.AddTo(command);
        // aspirate's init keeps them; here they belong to build and generate.
        command.Options.Add(new Option<string?>("--container-builder") { Hidden = true });
        command.Options.Add(new Option<string?>("--container-build-context", "-cbc") { Hidden = true });
        command.Options.Add(new Option<string[]>("--container-build-arg", "-cba") { Hidden = true });
        command.SetAction((parse, cancellationToken) => Failures.ReportAsync(parse, async () =>
        {
            var path = Path.Combine(shared.ProjectFolder(parse), Settings.FileName);
            if (File.Exists(path) && !parse.GetValue(force))
            {
                throw new ManifestToolException($"'{path}' is there already. Edit it, or replace it with --force.");
            }

            var options = await shared.ReadAsync(parse, cancellationToken);
            var parameters = new OrderedDictionary<string, object?>();
            foreach (var (name, value) in options.Parameters)
            {
                parameters[name] = value;
            }

            var text = YamlText.Write(Tree.Map(
                ("name", options.Name),
                ("namespace", options.Namespace),
                ("registry", options.Registry),
                ("repositoryPrefix", options.RepositoryPrefix),
                ("tag", options.Tag),
                ("imagePullPolicy", options.ImagePullPolicy),
                ("secretSource", options.SecretSource),
                ("parameters", Tree.OrNull(parameters))));
            await File.WriteAllTextAsync(path + ".writing", "# Settings of nura-manifests; options on the command line win.\n" + text, cancellationToken);
            File.Move(path + ".writing", path, overwrite: true);
            await parse.InvocationConfiguration.Output.WriteLineAsync($"wrote {path}");
        }));
        return command;
    }
}
