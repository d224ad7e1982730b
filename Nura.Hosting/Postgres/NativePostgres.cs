using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Nura.Hosting;

/// <summary>A PostgreSQL server installed on this machine, with a cluster of our own.</summary>
internal sealed class NativePostgres : IPostgresServer
{
    private readonly ManagedProcess _process;

    private NativePostgres(ManagedProcess process, int port, string description)
    {
        _process = process;
        Port = port;
        Description = description;
    }

    public int Port { get; }

    public string? Description { get; }

    public string Settings => "SSL Mode=Disable;Maximum Pool Size=20";

    public int? ProcessId => _process.Id;

    public Task<int> Exited => _process.Exited;

    /// <param name="installation">The server's programs.</param>
    /// <param name="dataDirectory">Created when missing or empty.</param>
    /// <param name="port">0 for any.</param>
    /// <param name="password">Of the user <c>postgres</c>; it is fixed when the cluster is created.</param>
    /// <param name="durable">False only for tests: a power failure would lose data.</param>
    /// <param name="logger">Gets what it prints.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="StartFailedException">The cluster cannot be created or opened.</exception>
    public static async Task<NativePostgres> StartAsync(PostgresInstallation installation, string dataDirectory, int port, string password, bool durable, ILogger logger, CancellationToken cancellationToken)
    {
        // PostgreSQL refuses to run as root.
        var user = Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows() ? PostgresInstallation.UnprivilegedUser() : null;
        if (!File.Exists(Path.Combine(dataDirectory, "PG_VERSION")))
        {
            await InitializeAsync(installation, dataDirectory, password, user, logger, cancellationToken);
        }

        var errors = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var chosen = port == 0 ? FreePort.Choose() : port;
        string[] arguments =
        [
            "-D", dataDirectory, "-p", chosen.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200",
            .. durable ? Array.Empty<string>() : ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"],
        ];
        var process = ManagedProcess.Start(
            new ProcessSpec(installation.Program("postgres"), arguments) { WorkingDirectory = "/", UserName = user, StopSignal = Signals.Interrupt, InOwnSession = true },
            (line, isError) =>
            {
                PostgresLog.Line(logger, LogLevel.Information, line);
                errors.Enqueue(line);
            });
        try
        {
            var version = await WaitUntilReadyAsync(process, chosen, password, dataDirectory, errors, cancellationToken);
            return new(process, chosen, $"PostgreSQL {version} on this machine");
        }
        catch
        {
            await process.StopAsync(TimeSpan.FromSeconds(5));
            await process.DisposeAsync();
            throw;
        }
    }

    public Task StopAsync() => _process.StopAsync(TimeSpan.FromSeconds(5));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _process.DisposeAsync();
    }

    private static async Task InitializeAsync(PostgresInstallation installation, string dataDirectory, string password, string? user, ILogger logger, CancellationToken cancellationToken)
    {
        if (Directory.Exists(dataDirectory) && Directory.EnumerateFileSystemEntries(dataDirectory).Any())
        {
            throw new StartFailedException($"The folder '{dataDirectory}' is not empty and is no PostgreSQL cluster; nothing in it was changed or deleted. Put a backup in its place, or move it away to begin with an empty database.");
        }

        // Elsewhere first: one that was cut short must not be taken for a cluster.
        PostgresLog.Initializing(logger, dataDirectory);
        var fresh = dataDirectory + ".new";
        if (Directory.Exists(fresh))
        {
            Directory.Delete(fresh, recursive: true);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(dataDirectory)!);
        PrivateFiles.CreateFolder(fresh);
        var passwordFile = dataDirectory + ".password";
        PrivateFiles.Write(passwordFile, password);
        try
        {
            if (user is not null)
            {
                await OwnAsync(user, [fresh, passwordFile], cancellationToken);
            }

            var (code, output) = await ManagedProcess.RunAsync(
                new(installation.Program("initdb"), ["-D", fresh, "-U", "postgres", "-E", "UTF8", "--locale=C", "--auth=scram-sha-256", "--pwfile", passwordFile, "--no-instructions"]) { WorkingDirectory = "/", UserName = user },
                cancellationToken);
            if (code != 0)
            {
                throw new StartFailedException($"A database cluster could not be created in '{dataDirectory}'.\n{output.Trim()}"
                    + (user is null ? "" : $"\nPostgreSQL does not run as root, so it ran as '{user}'; that user must be able to reach the folder. The key 'Nura:DataDirectory' chooses another."));
            }
        }
        finally
        {
            File.Delete(passwordFile);
        }

        if (Directory.Exists(dataDirectory))
        {
            Directory.Delete(dataDirectory);
        }

        Directory.Move(fresh, dataDirectory);
    }

    private static async Task OwnAsync(string user, string[] paths, CancellationToken cancellationToken)
    {
        var (code, output) = await ManagedProcess.RunAsync(new("chown", [user, .. paths]), cancellationToken);
        if (code != 0)
        {
            throw new StartFailedException($"Could not give the database files to user '{user}': {output.Trim()}");
        }
    }

    private static async Task<string> WaitUntilReadyAsync(ManagedProcess process, int port, string password, string dataDirectory, IEnumerable<string> errors, CancellationToken cancellationToken)
    {
        var connectionString = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=postgres;Password={password};SSL Mode=Disable;Pooling=false;Timeout=2");
        while (true)
        {
            if (process.Exited.IsCompleted)
            {
                throw new StartFailedException($"PostgreSQL ended with exit code {await process.Exited}; nothing in '{dataDirectory}' was deleted.\n{string.Join('\n', errors)}");
            }

            try
            {
                if (IsReady(process.Id, dataDirectory))
                {
                    await using var connection = new NpgsqlConnection(connectionString);
                    await connection.OpenAsync(cancellationToken);
                    return connection.PostgreSqlVersion.ToString();
                }
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidPassword)
            {
                throw new StartFailedException($"The cluster in '{dataDirectory}' was created with another password than the AppHost has now ('Parameters:postgres-password'). Set that parameter to the old password, or move the folder away to begin with an empty database.");
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException)
            {
                // It starts, or ends, while we look.
            }

            await Task.Delay(30, cancellationToken);
        }
    }

    /// <summary>Whether our own process serves this cluster by now. Asking the port would not do: somebody else may have taken it, and would be shown the password.</summary>
    private static bool IsReady(int processId, string dataDirectory)
    {
        // The process's id is the first line, its state the eighth (PostgreSQL's pidfile.h).
        var path = Path.Combine(dataDirectory, "postmaster.pid");
        return File.Exists(path) && File.ReadAllLines(path) is { Length: >= 8 } lines
            && lines[0] == processId.ToString(CultureInfo.InvariantCulture) && lines[7].Trim() == "ready";
    }
}
