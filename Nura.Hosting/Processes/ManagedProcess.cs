using System.Diagnostics;

namespace Nura.Hosting;

/// <summary>A process of ours: its lines go to a log, and it never outlives us.</summary>
internal sealed class ManagedProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ProcessSpec _spec;
    private readonly Task<int> _exited;

    private ManagedProcess(Process process, ProcessSpec spec, Action<string, bool> onLine)
    {
        _process = process;
        _spec = spec;
        Id = process.Id;
        Watchdog.Shared?.Add(Id);
        var lines = Task.WhenAll(PumpAsync(process.StandardOutput, false, onLine), PumpAsync(process.StandardError, true, onLine));
        _exited = WaitAsync(lines);
    }

    public int Id { get; }

    /// <summary>The exit code; comes after the last line was handed on.</summary>
    public Task<int> Exited => _exited;

    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public static ManagedProcess Start(ProcessSpec spec, Action<string, bool> onLine)
    {
        // It becomes the program, with the same process id.
        var setsid = spec.InOwnSession ? Programs.Find("setsid") : null;
        var start = new ProcessStartInfo(setsid ?? spec.FileName)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = spec.WorkingDirectory ?? "",
        };
        foreach (var argument in setsid is null ? spec.Arguments : [spec.FileName, .. spec.Arguments])
        {
            start.ArgumentList.Add(argument);
        }

        if (spec.Environment is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in spec.Environment)
            {
                start.Environment[name] = value;
            }
        }

        foreach (var (name, value) in spec.AddedEnvironment)
        {
            start.Environment[name] = value;
        }

        if (spec.UserName is not null)
        {
            start.UserName = spec.UserName;
        }

        var process = new Process { StartInfo = start };
        process.Start();
        return new ManagedProcess(process, spec, onLine);
    }

    /// <summary>Runs a short command to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(ProcessSpec spec, CancellationToken cancellationToken)
    {
        var output = new System.Text.StringBuilder();
        await using var process = Start(spec, (line, _) =>
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        });
        var code = await process.Exited.WaitAsync(cancellationToken);
        return (code, output.ToString());
    }

    /// <summary>Asks it to end, and ends it with its descendants when it does not within <paramref name="grace"/>.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (_exited.IsCompleted)
        {
            return;
        }

        Signals.Send(Id, _spec.StopSignal);
        await Task.WhenAny(_exited, Task.Delay(OperatingSystem.IsWindows() ? TimeSpan.Zero : grace, CancellationToken.None));
        if (!_exited.IsCompleted)
        {
            Kill();
        }

        await _exited;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_exited.IsCompleted)
        {
            Kill();
            await _exited;
        }

        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended meanwhile.
        }
    }

    private async Task<int> WaitAsync(Task lines)
    {
        await _process.WaitForExitAsync(CancellationToken.None);

        // A descendant may hold the pipes open; its lines are not worth waiting for.
        await Task.WhenAny(lines, Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None));
        Watchdog.Shared?.Remove(Id);
        return _process.ExitCode;
    }

    private static async Task PumpAsync(StreamReader reader, bool isError, Action<string, bool> onLine)
    {
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            onLine(line, isError);
        }
    }
}
