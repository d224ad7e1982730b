using Microsoft.Extensions.Options;

namespace Nura.Api.Conversations;

/// <summary>Deletes conversations in which nothing was asked for longer than an administrator wants them kept.</summary>
internal sealed partial class ConversationExpiry(ConversationStore store, IServiceProvider services, IOptions<ApiOptions> options, TimeProvider time, ILogger<ConversationExpiry> logger) : BackgroundService
{
    private const int AtOnce = 100;
    private static readonly TimeSpan s_pause = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.ConversationDays == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(s_pause, time);
        do
        {
            try
            {
                await ClearAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ClearAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow().UtcDateTime.AddDays(-options.Value.ConversationDays);
        var removed = 0;
        for (var old = await store.SilentAsync(before, AtOnce, cancellationToken); old.Count > 0; old = await store.SilentAsync(before, AtOnce, cancellationToken))
        {
            var removal = services.GetRequiredService<ConversationRemoval>();
            foreach (var (id, owner) in old)
            {
                // Somebody may ask in it while others are deleted.
                removed += await removal.RemoveAsync(id, owner, before, cancellationToken) ? 1 : 0;
            }
        }

        if (removed > 0)
        {
            LogRemoved(removed);
        }
    }

    [LoggerMessage(1063, LogLevel.Information, "{Count} conversations were deleted, as nothing was asked in them for Nura:Api:ConversationDays")]
    private partial void LogRemoved(int count);

    [LoggerMessage(1064, LogLevel.Warning, "Conversations that are too old could not be deleted; trying again in an hour")]
    private partial void LogFailed(Exception exception);
}
