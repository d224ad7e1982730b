using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Nura.Tests.ServiceDefaults;

/// <summary><see cref="ChildService"/> in a process of its own.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process) => _process = process;

    public int ExitCode => _process.ExitCode;

    public static ChildProcess Start(string mode, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ChildService).Assembly.Location, mode]) { RedirectStandardOutput = true };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(Process.Start(start)!);
        child._process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                child._listening.TrySetException(new InvalidOperationException("The child ended before it listened."));
            }
            else if (Listening().Match(line.Data) is { Success: true } match)
            {
                child._listening.TrySetResult(new Uri(match.Groups["url"].Value));
            }
        };
        child._process.BeginOutputReadLine();
        return child;
    }

    /// <summary>The address, once it listens.</summary>
    public Task<Uri> ListeningAsync() => _listening.Task;

    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public void Kill() => _process.Kill();

    public Task WaitForExitAsync() => _process.WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        // Nobody may be waiting for the address any more.
        _ = _listening.Task.ContinueWith(task => task.Exception, TaskScheduler.Default);
        _process.Dispose();
    }

    [GeneratedRegex("Now listening on: (?<url>.+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Listening();
}
