using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Nura.Models;

/// <summary>Keeps spending below the budgets: a call's highest possible cost is reserved before and settled after.</summary>
/// <remarks>
/// Each process takes grants from the budget in PostgreSQL and hands them out by itself, so that most calls ask no database, and several processes together never go beyond the limit.
/// What a process has not used it gives back with each sign of life, but for the usual share, and all of it when it stops; what one that died has not used comes back when its
/// lease runs out (<see cref="GrantStore.Life"/>).
/// </remarks>
internal sealed partial class BudgetBook(IOptions<ModelsOptions> options, GrantStore grants, TimeProvider time, ILogger<BudgetBook> logger) : BackgroundService
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    private readonly BudgetAccount[] _accounts =
        [.. options.Value.Budgets.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new BudgetAccount(pair.Key, pair.Value, grants))];

    private readonly Lock _lock = new();
    private Task? _givenBack;

    /// <summary>Whether any budget counts the caller's calls.</summary>
    public bool Concerns(Caller caller) => _accounts.Length > 0 && Array.Exists(_accounts, account => account.Concerns(caller));

    /// <summary>Reserves an amount in every budget that counts the caller's calls.</summary>
    /// <exception cref="ModelException">One of them has too little left; nothing is reserved.</exception>
    public async ValueTask<Reservation> ReserveAsync(Caller caller, decimal amount, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var lease = grants.Lease;
        var reserved = new List<BudgetAccount.Period>();
        foreach (var account in _accounts)
        {
            if (!account.Concerns(caller))
            {
                continue;
            }

            try
            {
                if (await account.TryReserveAsync(amount, now, cancellationToken) is { } period)
                {
                    reserved.Add(period);
                    continue;
                }
            }
            catch
            {
                reserved.ForEach(period => period.Settle(amount, 0));
                throw;
            }

            reserved.ForEach(period => period.Settle(amount, 0));
            throw new ModelException(
                $"The budget '{account.Name}' of {account.Limit} US dollars is used up: this call could cost up to {amount:0.######}, and less than that is left. It starts anew {account.NextPeriod(now)}; an administrator can raise Nura:Models:Budgets:{account.Name}:Limit.",
                429, isRetryable: false) { Code = "budget_exceeded" };
        }

        return new Reservation(reserved, amount, lease);
    }

    /// <remarks>Done once: a host that is stopped from two sides at once disposes of the database when the first of them is through.</remarks>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Task givenBack;
        lock (_lock)
        {
            givenBack = _givenBack ??= GiveBackAsync(cancellationToken);
        }

        await givenBack;
    }

    public override void Dispose()
    {
        Array.ForEach(_accounts, account => account.Dispose());
        base.Dispose();
    }

    private async Task GiveBackAsync(CancellationToken cancellationToken)
    {
        foreach (var account in _accounts)
        {
            await account.GiveBackAsync(cancellationToken);
        }
    }

    /// <summary>A sign of life.</summary>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    internal async Task RenewAsync(CancellationToken cancellationToken)
    {
        if (!await grants.RenewAsync(cancellationToken))
        {
            Array.ForEach(_accounts, account => account.Forget());
            LogLost();
        }

        foreach (var account in _accounts)
        {
            await account.GiveBackOverAsync(cancellationToken);
            await account.GiveBackRestAsync(cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_accounts.Length == 0)
        {
            return;
        }

        while (true)
        {
            var wait = GrantStore.Life / 5;
            try
            {
                await RenewAsync(stoppingToken);
            }
            catch (NpgsqlException exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotRenewed(exception.Message);
                wait = s_pause;
            }

            await Task.Delay(wait, time, stoppingToken);
        }
    }

    [LoggerMessage(4013, LogLevel.Warning, "The lease of this process's budget grants could not be renewed: {Problem}")]
    private partial void LogNotRenewed(string problem);

    [LoggerMessage(4014, LogLevel.Warning, "The lease of this process's budget grants had run out; what was left of them went back to the budgets")]
    private partial void LogLost();
}
