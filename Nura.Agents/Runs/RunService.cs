using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Nura.Agents.Kernel;
using Nura.Contracts;

namespace Nura.Agents.Runs;

/// <summary>Starts runs, finds them and stops them; keeps their leases, and ends those that a dead process left behind.</summary>
internal sealed partial class RunService(
    AgentKernel kernel, AskedModel models, RunExecutor executor, RunStore store, RunOwner owner, RunInstruments instruments, IHostApplicationLifetime lifetime,
    IOptions<AgentsOptions> options, IOptions<HostOptions> host, TimeProvider time, ILogger<RunService> logger) : BackgroundService
{
    private const int PageSize = 1_000;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_cleaning = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_writing = TimeSpan.FromSeconds(10);
    private static readonly string s_abandoned = JsonSerializer.Serialize<RunEvent>(
        new RunError("The service stopped while it worked on this run.", "What was written so far is kept. Ask again.", StatusCodes.Status503ServiceUnavailable), ContractsJson.Options);

    private static readonly string s_abandonedDone = JsonSerializer.Serialize<RunEvent>(
        new RunDone(RunState.Failed, "error", null, 0, 0, 0, 0), ContractsJson.Options);

    private readonly ConcurrentDictionary<Guid, LiveRun> _live = new();
    private readonly CancellationTokenSource _stopping = new(Timeout.InfiniteTimeSpan, time);
    private readonly RunPlaces _places = new(options.Value);

    /// <summary>Starts a run. It is in the database when this returns.</summary>
    /// <param name="request">What to answer.</param>
    /// <param name="holder">Whose run it is; <see langword="null"/> for nobody's in particular.</param>
    /// <param name="account">On whose account its calls of models are.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="ProblemException">The agent is unknown, the model cannot answer, or too many runs work already.</exception>
    public async Task<RunView> StartAsync(StartRun request, Guid? holder, Account? account, CancellationToken cancellationToken)
    {
        var agent = kernel.Find(request.Agent) ?? throw new ProblemException(
            StatusCodes.Status404NotFound, $"There is no agent '{request.Agent}'.", $"There are: {string.Join(", ", kernel.Agents.Select(known => known.Name))}.");
        models.Check(request.Model);
        // Counted before they are in the database: of many that start at once, none may slip through meanwhile.
        _places.Take(holder);
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var startedAt = time.GetTimestamp();
        DateTimeOffset createdAt;
        try
        {
            createdAt = await store.InsertAsync(id, agent.Name, holder, owner.Id, options.Value.Lease, cancellationToken);
        }
        catch
        {
            _places.GiveBack(holder);
            throw;
        }

        var live = new LiveRun(id, request, holder, account, createdAt, startedAt, _stopping.Token);
        _live[id] = live;
        live.Work = Task.Run(() => WorkAsync(live, agent), CancellationToken.None);
        return live.View;
    }

    /// <summary>A run, if it is the asking holder's; <see langword="null"/> as holder may see every one.</summary>
    public async Task<RunView?> FindAsync(Guid id, Guid? holder, CancellationToken cancellationToken)
    {
        // Whoever has read the end of its log is to find that it has ended; a database that is away says so itself.
        if (_live.TryGetValue(id, out var live) && live.IsOf(holder) && live.HasEnded)
        {
            await live.Work.WaitAsync(s_patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await store.FindAsync(id, holder, cancellationToken);
    }

    /// <summary>Asks a run to end, if it is the asking holder's.</summary>
    /// <returns>The run as the database tells it, or <see langword="null"/> if there is none.</returns>
    public async Task<RunView?> StopAsync(Guid id, Guid? holder, CancellationToken cancellationToken)
    {
        if (_live.TryGetValue(id, out var live) && live.IsOf(holder))
        {
            live.Stop();
        }
        else
        {
            await store.RequestStopAsync(id, holder, cancellationToken);
        }

        // Never from memory: a run stays there for a moment after the database says that it has ended.
        return await store.FindAsync(id, holder, cancellationToken);
    }

    /// <summary>Deletes those of some runs that are the asking holder's, and ends what still works on them: here at once, in another process when it next renews its lease.</summary>
    public async Task ForgetAsync(IReadOnlyList<Guid> runs, Guid? holder, CancellationToken cancellationToken)
    {
        await store.DeleteAsync(runs, holder, cancellationToken);
        foreach (var id in runs)
        {
            if (_live.TryGetValue(id, out var live) && live.IsOf(holder))
            {
                live.Forget();
            }
        }
    }

    /// <summary>The run's log behind a place, live, to its end; <see langword="null"/> if the asking holder has no such run.</summary>
    public async Task<IAsyncEnumerable<LogEntry>?> ReadAsync(Guid id, long after, Guid? holder, CancellationToken cancellationToken)
    {
        if (_live.TryGetValue(id, out var live) && live.IsOf(holder))
        {
            return live.ReadAsync(after, cancellationToken);
        }

        return await store.FindAsync(id, holder, cancellationToken) is null ? null : ReadStoredAsync(id, after, cancellationToken);
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // At the signal and not in StopAsync: the web server stops before this service and waits for those who read along,
        // so that a run of theirs would otherwise be told only when no time is left to write its end.
        lifetime.ApplicationStopping.Register(() => _stopping.CancelAfter(PatienceOf(host.Value.ShutdownTimeout)));
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Lets runs go on to their end for as long as the drain allows, their leases kept; then ends them with an error that says why.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_live.Values.Select(live => live.Work)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopping.CancelAsync();
        await base.StopAsync(cancellationToken);
    }

    // A fifth of the shutdown is left for writing how runs ended, at most 10 s: none of it may be missing when the host stops waiting.
    private static TimeSpan PatienceOf(TimeSpan shutdown) => shutdown - (shutdown / 5 < s_writing ? shutdown / 5 : s_writing);

    // Apart from each other: clearing away what piled up may take longer than a lease lasts.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        EveryAsync(options.Value.Lease / 3, KeepAsync, stoppingToken),
        EveryAsync(s_cleaning, ClearAsync, stoppingToken));

    internal async Task FailAbandonedAsync(CancellationToken cancellationToken)
    {
        var failed = await store.FailAbandonedAsync(s_abandoned, s_abandonedDone, cancellationToken);
        if (failed > 0)
        {
            instruments.Abandoned(failed);
            LogAbandoned(failed);
        }
    }

    internal async Task KeepLeasesAsync(CancellationToken cancellationToken)
    {
        if (_live.IsEmpty)
        {
            return;
        }

        var asked = time.GetTimestamp();
        var own = await store.RenewAsync(owner.Id, [.. _live.Keys], options.Value.Lease, cancellationToken);
        foreach (var live in _live.Values)
        {
            if (own.TryGetValue(live.Id, out var stop))
            {
                if (stop)
                {
                    live.Stop();
                }
            }
            else if (live.StartedAt < asked)
            {
                // Paused for longer than its lease, and ended by another process meanwhile.
                live.Cancel();
            }
        }
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        await KeepLeasesAsync(cancellationToken);
        await FailAbandonedAsync(cancellationToken);
    }

    private async Task ClearAsync(CancellationToken cancellationToken)
    {
        while (await store.DeleteOldAsync(options.Value.Retention, PageSize, cancellationToken) == PageSize)
        {
        }
    }

    private async Task EveryAsync(TimeSpan period, Func<CancellationToken, Task> upkeep, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        do
        {
            try
            {
                await upkeep(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogUpkeepFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task WorkAsync(LiveRun live, IAgent agent)
    {
        try
        {
            await executor.ExecuteAsync(live, agent);
        }
        finally
        {
            // Only now: until its end is in the database, readers find it here.
            _live.TryRemove(live.Id, out _);
            _places.GiveBack(live.Holder);
            live.Dispose();
        }
    }

    // The run has ended, or works in another process: then its log grows as that process writes.
    private async IAsyncEnumerable<LogEntry> ReadStoredAsync(Guid id, long after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            // In this order: a run that has ended before its entries are read has all of them.
            var ended = await store.FindAsync(id, null, cancellationToken) is not { State: RunState.Running };
            var entries = await store.EntriesAsync(id, after, PageSize, cancellationToken);
            foreach (var entry in entries)
            {
                yield return entry;
                after = entry.Id;
                if (entry.IsDone)
                {
                    yield break;
                }
            }

            if (entries.Count == 0)
            {
                if (ended)
                {
                    yield break;
                }

                await Task.Delay(s_poll, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(3002, LogLevel.Warning, "{Count} runs of a process that died were marked failed")]
    private partial void LogAbandoned(int count);

    [LoggerMessage(3003, LogLevel.Warning, "Upkeep of runs failed; trying again")]
    private partial void LogUpkeepFailed(Exception exception);
}
