using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Nura.Hosting;

/// <summary>The last lines of one instance, and those who follow them.</summary>
internal sealed class ResourceLog(Action<LogLine> written) : ILogger
{
    /// <summary>Lines kept for those who come later.</summary>
    private const int Backlog = 10_000;

    private readonly Queue<LogLine> _lines = new();
    private readonly List<Channel<LogLine>> _watchers = [];
    private readonly Lock _lock = new();
    private int _count;

    public void Append(string content, bool isError)
    {
        LogLine line;
        lock (_lock)
        {
            line = new LogLine(++_count, content, isError);
            _lines.Enqueue(line);
            if (_lines.Count > Backlog)
            {
                _lines.Dequeue();
            }

            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(line);
            }
        }

        written(line);
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // A reader that does not keep up loses lines instead of holding memory.
        var channel = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        LogLine[] first;
        lock (_lock)
        {
            first = [.. _lines];
            _watchers.Add(channel);
        }

        try
        {
            if (first.Length > 0)
            {
                yield return first;
            }

            while (await channel.Reader.WaitToReadAsync(cancellationToken))
            {
                var batch = new List<LogLine>();
                while (channel.Reader.TryRead(out var line))
                {
                    batch.Add(line);
                }

                yield return batch;
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(channel);
            }
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync()
    {
        await Task.CompletedTask;
        LogLine[] all;
        lock (_lock)
        {
            all = [.. _lines];
        }

        yield return all;
    }

    public void Complete()
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryComplete();
            }
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _lines.Clear();
        }
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        foreach (var line in (exception is null ? text : $"{text}{Environment.NewLine}{exception.Message}").Split('\n'))
        {
            Append(line.TrimEnd('\r'), logLevel >= LogLevel.Error);
        }
    }
}
