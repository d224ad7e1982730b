using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Nura.Tests.Hosting;

/// <summary>The real AppHost as a process of its own, as a user starts it.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AppHostProcess(string dataDirectory, string? path = null)
    {
        // A test run begun in the background ignores SIGINT and hands that down; a terminal does not.
        var start = new ProcessStartInfo("/usr/bin/env") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        string[] arguments =
        [
            "--default-signal=INT", Nura.Hosting.Programs.DotNet, "exec", Path.Combine(AppContext.BaseDirectory, "Nura.AppHost.dll"), $"--Nura:DataDirectory={dataDirectory}", "--Nura:Backends:postgres=pglite", "--Nura:Rag:DefaultRepository=", "--DcpPublisher:RandomizePorts=true",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PATH"] = path ?? start.Environment["PATH"];
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output => string.Join('\n', _lines);

    /// <summary>Returns when everything is up, or fails with the output when it ended instead.</summary>
    public async Task ReadyAsync()
    {
        await Task.WhenAny(_ready.Task, _process.WaitForExitAsync());
        Assert.True(_ready.Task.IsCompleted, Output);
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public void Kill() => _process.Kill();

    /// <summary>What Ctrl+C sends.</summary>
    public void Interrupt() => Nura.Hosting.Signals.Send(Id, Nura.Hosting.Signals.Interrupt);

    /// <summary>Everything that it started, and what they started.</summary>
    public IReadOnlyList<int> Descendants() => [.. Children(Id)];

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static IEnumerable<int> Children(int id)
    {
        var direct = IfThere(() => Directory.GetDirectories($"/proc/{id}/task"))
            .SelectMany(task => IfThere(() => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        foreach (var child in direct.Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToList())
        {
            yield return child;
            foreach (var further in Children(child))
            {
                yield return further;
            }
        }
    }

    /// <summary>What is said about a thread or a process, which may end while it is read.</summary>
    private static string[] IfThere(Func<string[]> read)
    {
        try
        {
            return read();
        }
        catch (IOException)
        {
            return [];
        }
    }

    private void Read(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
            if (line.Contains("Nura is ready.", StringComparison.Ordinal))
            {
                _ready.TrySetResult();
            }
        }
    }
}
