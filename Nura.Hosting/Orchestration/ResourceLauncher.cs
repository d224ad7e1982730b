using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Nura.Hosting;

/// <summary>Turns a resource into a process.</summary>
internal sealed class ResourceLauncher(AppHostInfo appHost, ContainerEngine containers, IConfiguration configuration, IServiceProvider services)
{
    public EndpointAllocator Endpoints { get; } = new(configuration, configuration.GetValue<bool>("DcpPublisher:RandomizePorts"));

    public BackendContext Backends => new(services, containers, Endpoints);

    public async Task<IRunning?> LaunchAsync(IResource resource, ResourceEnvironment environment, Action<string, bool> onLine, ILogger logger, CancellationToken cancellationToken)
    {
        if (resource.Annotations.OfType<LocalBackend>().LastOrDefault() is { } backend)
        {
            return await backend.StartAsync(Backends, environment, onLine, logger, cancellationToken);
        }

        return resource switch
        {
            ProjectResource project => new RunningProcess(ManagedProcess.Start(Spec(project, environment), onLine)),
            ExecutableResource executable => new RunningProcess(Start(executable, environment, onLine)),
            ContainerResource container => await containers.RunAsync(container, environment, onLine, cancellationToken),
            _ => throw new DistributedApplicationException($"Resource '{resource.Name}' of type {resource.GetType().Name} cannot be run here."),
        };
    }

    private static ManagedProcess Start(ExecutableResource executable, ResourceEnvironment environment, Action<string, bool> onLine)
    {
        try
        {
            return ManagedProcess.Start(
                new(executable.Command, environment.Arguments) { WorkingDirectory = executable.WorkingDirectory, Environment = environment.Variables },
                onLine);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new DistributedApplicationException($"'{executable.Command}' could not be started in '{executable.WorkingDirectory}': {exception.Message}", exception);
        }
    }

    /// <summary>The built project itself: going through <c>dotnet run</c> would cost seconds per service.</summary>
    private ProcessSpec Spec(ProjectResource project, ResourceEnvironment environment)
    {
        var path = project.Annotations.OfType<IProjectMetadata>().Last().ProjectPath;
        var target = appHost.Assembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == $"nura-target:{path}")?.Value
            ?? throw new DistributedApplicationException($"The AppHost's build did not record where '{path}' is built to. Build the AppHost again.");
        if (!File.Exists(target))
        {
            throw new DistributedApplicationException($"'{target}' does not exist. Build the AppHost again.");
        }

        var profile = project.Annotations.OfType<LaunchProfileSelection>().LastOrDefault()?.Profile;
        string[] profileArguments = profile?.CommandLineArgs is { Length: > 0 } text ? text.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
        return new(Programs.DotNet, ["exec", target, .. profileArguments, .. environment.Arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(path),
            Environment = environment.Variables,
        };
    }
}
