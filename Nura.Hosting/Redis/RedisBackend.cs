using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nura.Hosting;

/// <summary>Chooses and runs what is behind a Redis resource on this machine. Nothing at all is an answer too: it is a cache.</summary>
internal sealed partial class RedisBackend(RedisResource redis) : LocalBackend
{
    private string? _kind;

    public override async Task PrepareAsync(BackendContext context, CancellationToken cancellationToken)
    {
        var configuration = context.Services.GetRequiredService<IConfiguration>();
        var configured = configuration.GetConnectionString(redis.Name);
        _kind = configured is not null ? "configured"
            : configuration[$"Nura:Backends:{redis.Name}"]?.ToLowerInvariant()
            ?? (await context.Containers.IsAvailableAsync() ? "container" : Programs.Find("redis-server") is not null ? "native" : "none");
        redis.Backend.TrySetResult((_kind is "configured" or "container" or "native", configured));
    }

    public override async Task<IRunning?> StartAsync(BackendContext context, ResourceEnvironment environment, Action<string, bool> onLine, ILogger logger, CancellationToken cancellationToken)
    {
        switch (_kind)
        {
            case "configured":
                return new NotRunningHere("The server in the configuration");
            case "container":
                context.Endpoints.Allocate(redis);
                return await context.Containers.RunAsync(redis, environment, onLine, cancellationToken);
            case "native":
                return await StartServerAsync(context, onLine, cancellationToken);
            default:
                LogNotAvailable(logger);
                return null;
        }
    }

    private async Task<IRunning> StartServerAsync(BackendContext context, Action<string, bool> onLine, CancellationToken cancellationToken)
    {
        // Before anything can fail: services that refer to it wait for the address, and can do without the server.
        var endpoint = redis.PrimaryEndpoint.EndpointAnnotation;
        var port = endpoint.AllocatedEndpoint?.Port
            ?? context.Services.GetRequiredService<IConfiguration>().GetValue<int?>(EndpointAllocator.PortKey(redis, endpoint)) ?? context.Endpoints.Wanted(endpoint) ?? FreePort.Choose();
        endpoint.AllocatedEndpoint ??= new(endpoint, "localhost", port, port.ToString(CultureInfo.InvariantCulture));

        var program = Programs.Find("redis-server") ?? throw new DistributedApplicationException("'Nura:Backends:cache' asks for the redis-server of this machine, and there is none on PATH.");
        var folder = context.Services.GetRequiredService<DataDirectory>().Volume(redis.Annotations.OfType<ContainerMountAnnotation>().Select(m => m.Source).FirstOrDefault() ?? redis.Name);
        PrivateFiles.CreateFolder(folder);

        // By a file: arguments show in the list of processes.
        var settings = Path.Combine(folder, "redis.conf");
        var password = await redis.PasswordParameter!.GetValueAsync(cancellationToken);
        PrivateFiles.Write(
            settings,
            string.Create(CultureInfo.InvariantCulture, $"bind 127.0.0.1\nport {port}\ndir \"{folder}\"\nsave 60 1\nmaxmemory 64mb\nmaxmemory-policy allkeys-lru\nrequirepass {password}\n"));
        return new RunningProcess(ManagedProcess.Start(new(program, [settings]) { InOwnSession = true }, onLine), "redis-server on this machine");
    }

    [LoggerMessage(6160, LogLevel.Information, "Redis is not available here; services use their in-process cache. Install redis-server, start a container engine, or set 'ConnectionStrings:cache' to have one.")]
    private static partial void LogNotAvailable(ILogger logger);
}
