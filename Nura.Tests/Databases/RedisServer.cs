using System.Diagnostics;
using Nura.Hosting;

namespace Nura.Tests.Databases;

/// <summary>A real redis-server of a test's own, which can be taken away and brought back at the same address.</summary>
internal sealed class RedisServer : IDisposable
{
    private const int Tries = 5;

    private readonly int _port;
    private Process _process;

    private RedisServer(int port, Process process) => (_port, _process) = (port, process);

    public string Address => $"127.0.0.1:{_port}";

    /// <summary>Starts on a free port.</summary>
    public static async Task<RedisServer> StartAsync()
    {
        for (var i = 1; ; i++)
        {
            var port = FreePort.Choose();
            try
            {
                return new RedisServer(port, await RunAsync(port));
            }
            catch (InvalidOperationException) when (i < Tries)
            {
                // Somebody else took the port meanwhile.
            }
        }
    }

    /// <summary>Kills it; what it knew is lost.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Starts it again after <see cref="KillAsync"/>, empty.</summary>
    public async Task RestartAsync()
    {
        _process.Dispose();
        _process = await RunAsync(_port);
    }

    /// <summary>Leaves it hanging: it keeps its connections and answers nothing.</summary>
    public void Hang()
    {
        using var kill = Process.Start("kill", ["-STOP", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static async Task<Process> RunAsync(int port)
    {
        var redis = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath()]) { RedirectStandardOutput = true })!;
        while (await redis.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                return redis;
            }
        }

        redis.Dispose();
        throw new InvalidOperationException("redis-server ended while starting.");
    }
}
