using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Reads the catalog file again when it changes, and says at start which models are about to end.</summary>
/// <remarks>It looks at the file twice a second instead of waiting for the file system to tell: a mounted config map is exchanged behind a link, of which watchers hear nothing.</remarks>
internal sealed partial class CatalogWatcher(ModelCatalog catalog, IOptions<ModelsOptions> options, TimeProvider time, ILogger<CatalogWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(500);
    private const int NoticeDays = 90;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        SayWhatEnds();
        if (options.Value.Catalog is not { Length: > 0 } path)
        {
            return;
        }

        using var timer = new PeriodicTimer(s_period, time);
        var seen = catalog.Stamp;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = FileStamp.Of(path);
            if (now == seen)
            {
                continue;
            }

            seen = now;
            try
            {
                catalog.Reload();
                LogReloaded(path, catalog.All.Count);
            }
            catch (CatalogException exception)
            {
                LogKept(exception.Message);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Whatever is wrong with a file, the service goes on with the former one.
                LogKept($"{exception.GetType().Name}: {exception.Message}", exception);
            }
        }
    }

    private void SayWhatEnds()
    {
        var notice = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(NoticeDays);
        foreach (var model in catalog.Usable)
        {
            if (model.Lifecycle is { EndOfLife: { } end } lifecycle && end <= notice)
            {
                LogEnds(model.Id, end, lifecycle.Replacement ?? "none");
            }
        }
    }

    [LoggerMessage(4001, LogLevel.Information, "Model catalog {Path} read again: {Count} models")]
    private partial void LogReloaded(string path, int count);

    [LoggerMessage(4002, LogLevel.Error, "The changed model catalog is not used, the former one stays: {Problem}")]
    private partial void LogKept(string problem, Exception? exception = null);

    [LoggerMessage(4003, LogLevel.Warning, "Model {Model} ends on {EndOfLife}; its replacement is {Replacement}")]
    private partial void LogEnds(string model, DateOnly endOfLife, string replacement);
}
