using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Nura.Hosting;

/// <summary>PGlite: PostgreSQL with pgvector in WebAssembly, run by Node behind a TCP port.</summary>
internal sealed class PgliteServer : IPostgresServer
{
    private readonly ManagedProcess _process;

    private PgliteServer(ManagedProcess process, int port, string version)
    {
        _process = process;
        Port = port;
        Description = $"PGlite (PostgreSQL {version} in WebAssembly)";
    }

    public int Port { get; }

    public string? Description { get; }

    /// <summary>
    /// There is no TLS, and one session behind all connections: no session state to reset, and connections beyond a few
    /// only wait for each other.
    /// </summary>
    public string Settings => "SSL Mode=Disable;No Reset On Close=true;Maximum Pool Size=8;Timeout=60";

    public Task<int> Exited => _process.Exited;

    public int? ProcessId => _process.Id;

    /// <param name="toolsDirectory">The folder with <c>server.mjs</c>; its packages are restored when they are missing.</param>
    /// <param name="dataDirectory">Created when missing; null for a database in memory, which takes seconds to create.</param>
    /// <param name="port">0 for any.</param>
    /// <param name="logger">Gets what it prints.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="StartFailedException">Node is missing, or the data cannot be opened.</exception>
    public static async Task<PgliteServer> StartAsync(string toolsDirectory, string? dataDirectory, int port, ILogger logger, CancellationToken cancellationToken)
    {
        var node = await PglitePackages.RestoreAsync(toolsDirectory, logger, cancellationToken);
        if (dataDirectory is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(dataDirectory)!);
        }

        var listening = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        var errors = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var process = ManagedProcess.Start(
            new ProcessSpec(node, ["--max-semi-space-size=4", "server.mjs", dataDirectory ?? "memory://", port.ToString(CultureInfo.InvariantCulture)])
            {
                WorkingDirectory = toolsDirectory,
                // With several arenas glibc keeps 70 MB that V8's compiler threads have given back.
                AddedEnvironment = new Dictionary<string, string> { ["MALLOC_ARENA_MAX"] = "1" },
            },
            (line, isError) =>
            {
                PostgresLog.Line(logger, isError ? LogLevel.Error : LogLevel.Information, line);
                if (isError)
                {
                    errors.Enqueue(line);
                }
                else if (line.StartsWith("{\"port\"", StringComparison.Ordinal))
                {
                    listening.TrySetResult(JsonDocument.Parse(line).RootElement);
                }
            });
        try
        {
            await Task.WhenAny(listening.Task, process.Exited).WaitAsync(cancellationToken);
            if (!listening.Task.IsCompleted)
            {
                throw Failure(await process.Exited, dataDirectory, port, string.Join('\n', errors));
            }

            var answer = await listening.Task;
            return new(process, answer.GetProperty("port").GetInt32(), answer.GetProperty("version").GetString()!);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public async Task StopAsync() => await _process.StopAsync(TimeSpan.FromSeconds(5));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _process.DisposeAsync();
    }

    private static StartFailedException Failure(int exitCode, string? dataDirectory, int port, string errors) => new(exitCode switch
    {
        3 => $"The database in '{dataDirectory}' cannot be opened; nothing in it was changed or deleted. {errors}\n"
            + "Put a backup in its place, or move the folder away to begin with an empty database.",
        4 => PortHolder.Describe(port, "the database", "Nura:Ports:postgres") + $" {errors}",
        _ => $"PGlite ended with exit code {exitCode} before it was ready. {errors}",
    });
}
