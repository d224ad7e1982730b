using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nura.Hosting;

/// <summary>Chooses and runs what is behind a PostgreSQL resource on this machine.</summary>
internal sealed class PostgresBackend(PostgresServerResource server) : LocalBackend
{
    private const string NothingInstalled = """
        Nura keeps its data in PostgreSQL, and there is nothing here to run it. Install one of these and start again:
          - Node 20 or newer with npm (https://nodejs.org): runs the embedded PostgreSQL (PGlite)
          - PostgreSQL 15 or newer with the pgvector extension
          - Docker or Podman
        or name a server of yours in the configuration key 'ConnectionStrings:nura'.
        """;

    private Kind _kind;

    private enum Kind
    {
        Configured,
        Container,
        Native,
        Pglite,
    }

    /// <summary>Whether databases can be created on what was chosen.</summary>
    public bool HasManyDatabases => _kind != Kind.Pglite;

    private string Volume => server.Annotations.OfType<ContainerMountAnnotation>().Select(m => m.Source).FirstOrDefault() ?? server.Name;

    public override async Task PrepareAsync(BackendContext context, CancellationToken cancellationToken)
    {
        var configuration = context.Services.GetRequiredService<IConfiguration>();
        var databases = context.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<PostgresDatabaseResource>().Where(d => d.Parent == server).ToList();
        var configured = configuration.GetConnectionString(server.Name)
            ?? (databases.Count > 0 && databases.TrueForAll(d => d.Configured is not null) ? databases[0].Configured : null);
        _kind = configured is not null ? Kind.Configured : await ChooseAsync(configuration[$"Nura:Backends:{server.Name}"], context);
        if (_kind == Kind.Pglite && !PglitePackages.CanRun)
        {
            throw new StartFailedException(NothingInstalled);
        }

        if (configured is not null)
        {
            server.Backend.TrySetResult((configured, ""));
        }
    }

    public override async Task<IRunning?> StartAsync(BackendContext context, ResourceEnvironment environment, Action<string, bool> onLine, ILogger logger, CancellationToken cancellationToken)
    {
        switch (_kind)
        {
            case Kind.Configured:
                return new NotRunningHere("The server in the configuration");
            case Kind.Container:
                context.Endpoints.Allocate(server);
                server.Backend.TrySetResult((null, ""));
                return await context.Containers.RunAsync(server, environment, onLine, cancellationToken);
            default:
                return await StartServerAsync(context, logger, cancellationToken);
        }
    }

    /// <summary>Remembers what has the data: the next start chooses it again. To be called once the server answers.</summary>
    public void Note(IServiceProvider services)
    {
        if (_kind != Kind.Configured)
        {
            PrivateFiles.Write(NoteFile(services), _kind.ToString().ToLowerInvariant());
        }
    }

    private static async Task<bool> CanRunAsync(Kind kind, BackendContext context) => kind switch
    {
        Kind.Container => await context.Containers.IsAvailableAsync(),
        Kind.Native => PostgresInstallation.Find() is not null,
        _ => PglitePackages.CanRun,
    };

    private async Task<Kind> ChooseAsync(string? wanted, BackendContext context)
    {
        if (wanted is not null)
        {
            return Enum.TryParse<Kind>(wanted, ignoreCase: true, out var kind) && kind != Kind.Configured
                ? kind
                : throw new StartFailedException($"'Nura:Backends:postgres' is '{wanted}', but can be container, native or pglite.");
        }

        if (Last(context) is { } last)
        {
            // Any other kind would begin with an empty database, and all that was added would seem to be gone.
            return await CanRunAsync(last, context) ? last : throw new StartFailedException(
                $"The data of '{server.Name}' is {Place(last, context)}. Bring that back and start again, or begin with an empty database of another kind: --Nura:Backends:{server.Name}=container, native or pglite. Nothing was deleted.");
        }

        foreach (var kind in (Kind[])[Kind.Container, Kind.Native, Kind.Pglite])
        {
            if (await CanRunAsync(kind, context))
            {
                return kind;
            }
        }

        throw new StartFailedException(NothingInstalled);
    }

    private string Place(Kind kind, BackendContext context) => kind switch
    {
        Kind.Container => $"in the container engine's volume '{Volume}', and neither Docker nor Podman answers",
        Kind.Native => $"a PostgreSQL cluster in '{Folder(context, kind)}', and there is no PostgreSQL with the extension pgvector here",
        _ => $"a PGlite database in '{Folder(context, kind)}', and there is no Node 20 or newer with npm here",
    };

    /// <summary>What had the data last, if that was noted.</summary>
    private Kind? Last(BackendContext context)
    {
        var note = NoteFile(context.Services);
        return File.Exists(note) && Enum.TryParse<Kind>(File.ReadAllText(note), ignoreCase: true, out var kind) && kind != Kind.Configured ? kind : null;
    }

    private string NoteFile(IServiceProvider services) => services.GetRequiredService<DataDirectory>().Volume($"{Volume}.backend");

    private string Folder(BackendContext context, Kind kind) => Path.Combine(context.Services.GetRequiredService<DataDirectory>().Volume(Volume), kind == Kind.Pglite ? "pglite" : "cluster");

    private async Task<IRunning> StartServerAsync(BackendContext context, ILogger logger, CancellationToken cancellationToken)
    {
        var endpoint = server.PrimaryEndpoint.EndpointAnnotation;
        var key = EndpointAllocator.PortKey(server, endpoint);
        var port = endpoint.AllocatedEndpoint?.Port ?? context.Services.GetRequiredService<IConfiguration>().GetValue<int?>(key) ?? context.Endpoints.Wanted(endpoint) ?? 0;
        if (port != 0 && !FreePort.IsFree(port))
        {
            throw new StartFailedException(PortHolder.Describe(port, $"'{server.Name}'", key));
        }

        var folder = Folder(context, _kind);
        IPostgresServer started;
        if (_kind == Kind.Pglite)
        {
            var tools = PglitePackages.FindTools(context.Services.GetRequiredService<AppHostInfo>().Directory);
            started = await PgliteServer.StartAsync(tools, folder, port, logger, cancellationToken);
        }
        else
        {
            var installation = PostgresInstallation.Find(folder)
                ?? throw new StartFailedException("'Nura:Backends:postgres' asks for the PostgreSQL of this machine, and there is none with the extension pgvector.");
            started = await NativePostgres.StartAsync(installation, folder, port, (await server.PasswordParameter.GetValueAsync(cancellationToken))!, durable: true, logger, cancellationToken);
        }

        endpoint.AllocatedEndpoint = new(endpoint, "localhost", started.Port, started.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        server.Backend.TrySetResult((null, started.Settings));
        return started;
    }
}
