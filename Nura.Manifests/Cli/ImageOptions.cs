using System.CommandLine;
using Nura.Manifests.Model;

namespace Nura.Manifests.Cli;

/// <summary>Options of the verbs that build images; names as in aspirate.</summary>
internal sealed class ImageOptions
{
    private readonly Option<string> _builder = new("--container-builder") { Description = "docker or podman, for Dockerfiles.", DefaultValueFactory = _ => "docker" };

    private readonly Option<string> _runtimes = new("--runtime-identifier") { Description = "Runtimes of the images, separated by ';'.", DefaultValueFactory = _ => "linux-x64;linux-arm64" };

    private readonly Option<bool> _dockerfile = new("--prefer-dockerfile") { Description = "Build a project by the Dockerfile beside it, where there is one." };

    private readonly Option<string?> _context = new("--container-build-context", "-cbc") { Description = "Build context of those projects; by default the project's folder." };

    private readonly Option<string[]> _arguments = new("--container-build-arg", "-cba") { Description = "name=value for every Dockerfile; may be repeated.", DefaultValueFactory = _ => [] };

    private readonly Option<string[]> _components = new("--components", "-c") { Description = "Build the images of these resources only; may be repeated. Output is always whole.", DefaultValueFactory = _ => [] };

    public ImageOptions() => _builder.AcceptOnlyFromAmong("docker", "podman");

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_builder, _runtimes, _dockerfile, _context, _arguments, _components])
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="ManifestToolException">An argument is not name=value.</exception>
    public ImagePlan Read(ParseResult parse) => new()
    {
        Builder = parse.GetValue(_builder)!,
        Runtimes = parse.GetValue(_runtimes)!,
        PreferDockerfile = parse.GetValue(_dockerfile),
        Context = parse.GetValue(_context),
        Components = parse.GetValue(_components)!,
        Arguments = [.. parse.GetValue(_arguments)!.Select(text => text.IndexOf('=', StringComparison.Ordinal) > 0
            ? text
            : throw new ManifestToolException($"'-cba {text}' is not name=value."))],
    };
}
