using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Nura.Api;
using Nura.Tests.Fakes;

namespace Nura.Tests.Api;

/// <summary>
/// The API as a process of its own. <c>tools/native-check.sh</c> names the published one, compiled ahead of time, in <c>NURA_TESTS_API</c>,
/// and the tests of the API and the gateway then ask what will run in the cluster.
/// </summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _errors = new();

    private ApiProcess(Process process, CollectedLogs logs)
    {
        _process = process;
        _process.ErrorDataReceived += (_, line) => _errors.AppendLine(line.Data);
        _process.BeginErrorReadLine();
        _reading = ReadAsync(logs);
    }

    /// <summary>The published API; <see langword="null"/> where the tests run it in their own process.</summary>
    public static string? Api { get; } = Environment.GetEnvironmentVariable("NURA_TESTS_API");

    /// <summary>Where it listens, once it does.</summary>
    /// <exception cref="InvalidOperationException">It ended before; the message has what it said.</exception>
    public Task<Uri> ListeningAsync() => _listening.Task;

    /// <summary>Starts the published API, or the one that was built with the tests where none is.</summary>
    /// <param name="settings">Its configuration.</param>
    /// <param name="logs">Where what it logs goes.</param>
    /// <param name="environment">Variables that are no configuration of ours.</param>
    public static ApiProcess Start(IEnumerable<(string Key, string? Value)> settings, CollectedLogs logs, params (string Key, string Value)[] environment)
    {
        var start = Api is null ? new ProcessStartInfo("dotnet", [typeof(ApiOptions).Assembly.Location]) : new ProcessStartInfo(Api);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.WorkingDirectory = AppContext.BaseDirectory;
        foreach (var (key, value) in settings.Where(setting => setting.Value is not null))
        {
            // Few connections each: every service has a pool of its own here.
            start.ArgumentList.Add($"--{key}={value}{(key == "ConnectionStrings:nura" ? ";Maximum Pool Size=10" : "")}");
        }

        start.ArgumentList.Add("--urls=http://127.0.0.1:0");
        start.Environment["Logging__Console__FormatterName"] = "json";
        start.Environment["Logging__LogLevel__Default"] = "Debug";
        start.Environment["Logging__LogLevel__Microsoft"] = "Information";
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        return new ApiProcess(Process.Start(start)!, logs);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync(CollectedLogs logs)
    {
        const string Sign = "Now listening on: ";
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith('{'))
            {
                continue;
            }

            using var json = JsonDocument.Parse(line);
            var entry = json.RootElement;
            var text = entry.GetProperty("Message").GetString()!;
            logs.Add(new CollectedLogs.Entry(
                entry.GetProperty("Category").GetString()!, Enum.Parse<LogLevel>(entry.GetProperty("LogLevel").GetString()!), entry.GetProperty("EventId").GetInt32(), text,
                entry.TryGetProperty("Exception", out var exception) ? new InvalidOperationException(exception.GetString()) : null));
            if (text.StartsWith(Sign, StringComparison.Ordinal))
            {
                _listening.TrySetResult(new Uri(text[Sign.Length..]));
            }
        }

        _listening.TrySetException(new InvalidOperationException($"The service ended before it listened. {_errors}"));
    }
}
