using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Nura.Hosting;

/// <summary>Docker or Podman, where one answers.</summary>
/// <param name="programs">What to look for, the best first.</param>
internal sealed class ContainerEngine(params IEnumerable<string> programs)
{
    private readonly Lazy<Task<string?>> _program = new(() => FindAsync(programs));

    /// <summary>Whether an engine answers.</summary>
    public async Task<bool> IsAvailableAsync() => await _program.Value is not null;

    /// <summary>Runs a container in the foreground: it ends with us.</summary>
    /// <exception cref="DistributedApplicationException">No engine answers.</exception>
    public async Task<IRunning> RunAsync(ContainerResource container, ResourceEnvironment environment, Action<string, bool> onLine, CancellationToken cancellationToken)
    {
        var program = await _program.Value.WaitAsync(cancellationToken)
            ?? throw new DistributedApplicationException($"'{container.Name}' is a container, and neither Docker nor Podman answers. Start one of them.");
        var client = ManagedProcess.Start(new(program, Arguments(container, environment)) { Environment = environment.Variables, InOwnSession = true }, onLine);
        return new RunningContainer(program, container.InstanceId, client, $"{Path.GetFileName(program)} {Image(container)}");
    }

    /// <summary>The arguments of <c>run</c>. Variables are named only: their values would show in the list of processes.</summary>
    public static IReadOnlyList<string> Arguments(ContainerResource container, ResourceEnvironment environment)
    {
        List<string> arguments = ["run", "--rm", "--init", "--name", container.InstanceId];
        foreach (var endpoint in container.Annotations.OfType<EndpointAnnotation>())
        {
            var target = endpoint.TargetPort ?? throw new DistributedApplicationException($"Endpoint '{endpoint.Name}' of container '{container.Name}' needs a target port.");
            arguments.AddRange(["-p", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{endpoint.AllocatedEndpoint!.Port}:{target}")]);
        }

        foreach (var mount in container.Annotations.OfType<ContainerMountAnnotation>())
        {
            arguments.AddRange(["-v", $"{mount.Source}:{mount.Target}{(mount.IsReadOnly ? ":ro" : "")}"]);
        }

        foreach (var variable in environment.Shown)
        {
            arguments.AddRange(["-e", variable.Name]);
        }

        if (container.Entrypoint is { } entrypoint)
        {
            arguments.AddRange(["--entrypoint", entrypoint]);
        }

        return [.. arguments, Image(container), .. environment.Arguments];
    }

    private static string Image(ContainerResource container)
    {
        var image = container.Annotations.OfType<ContainerImageAnnotation>().Last();
        return $"{(image.Registry is null ? "" : image.Registry + "/")}{image.Image}:{image.Tag}";
    }

    private static async Task<string?> FindAsync(IEnumerable<string> programs)
    {
        foreach (var program in programs.Select(Programs.Find).OfType<string>())
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                if ((await ManagedProcess.RunAsync(new(program, ["info"]), patience.Token)).ExitCode == 0)
                {
                    return program;
                }
            }
            catch (OperationCanceledException)
            {
                // An engine that does not answer is none.
            }
        }

        return null;
    }
}
