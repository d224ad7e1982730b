using System.Buffers;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Writes calls as metrics for CloudWatch, beside the requests. When the output does not keep up, lines are left out and counted: usage rows stay whole.</summary>
internal sealed partial class CloudWatchLog(IOptions<ModelsOptions> options, Stream output, ILogger<CloudWatchLog> logger) : BackgroundService
{
    private const int MostWaiting = 10_000;

    private readonly string? _namespace = options.Value.CloudWatch.Namespace;
    private readonly Channel<UsageRow> _waiting = Channel.CreateBounded<UsageRow>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private long _leftOut;

    public void Add(in UsageRow row)
    {
        if (_namespace is not null && !_waiting.Writer.TryWrite(row))
        {
            Interlocked.Increment(ref _leftOut);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What waits is still written.
        _waiting.Writer.TryComplete();
        await (ExecuteTask ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_namespace is null)
        {
            return;
        }

        var line = new ArrayBufferWriter<byte>(1024);
        await foreach (var row in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            line.ResetWrittenCount();
            CloudWatchLine.Write(line, _namespace, row);
            line.Write("\n"u8);
            // One write for a line: lines of the log stand between, never inside.
            await output.WriteAsync(line.WrittenMemory, stoppingToken);
            await output.FlushAsync(stoppingToken);
            if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var count)
            {
                LogLeftOut(count);
            }
        }
    }

    [LoggerMessage(4021, LogLevel.Warning, "{Count} lines of CloudWatch metrics were left out: the standard output does not keep up")]
    private partial void LogLeftOut(long count);
}
