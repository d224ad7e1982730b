using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Nura.Tests.Fakes;

/// <summary>Keeps what was logged.</summary>
internal sealed class CollectedLogs : ILoggerProvider
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<Entry>> _signals = new();

    public ConcurrentQueue<Entry> Entries { get; } = [];

    /// <summary>Completes when something with this event id has been logged.</summary>
    public Task<Entry> WhenLogged(int id)
    {
        var signal = _signals.GetOrAdd(id, _ => new TaskCompletionSource<Entry>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (Entries.FirstOrDefault(entry => entry.Id.Id == id) is { } earlier)
        {
            signal.TrySetResult(earlier);
        }

        return signal.Task;
    }

    /// <summary>Keeps one more.</summary>
    public void Add(Entry entry)
    {
        Entries.Enqueue(entry);
        if (_signals.TryGetValue(entry.Id.Id, out var signal))
        {
            signal.TrySetResult(entry);
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    internal sealed record Entry(string Category, LogLevel Level, EventId Id, string Text, Exception? Exception);

    private sealed class Logger(CollectedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logs.Add(new Entry(category, logLevel, eventId, formatter(state, exception), exception));
    }
}
