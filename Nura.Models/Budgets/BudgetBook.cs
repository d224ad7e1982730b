using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Keeps spending below the budgets: a call's highest possible cost is reserved before and settled after.</summary>
/// <remarks>
/// Each process takes grants from the budget in PostgreSQL and hands them out by itself, so that most calls ask no database, and several processes together never go beyond the limit.
/// What a process has not used it gives back when it stops; after a crash at most one grant (1 % of the limit, or the dearest call) stays unused until the period ends.
/// </remarks>
internal sealed class BudgetBook : IHostedService, IDisposable
{
    private readonly BudgetAccount[] _accounts;

    public BudgetBook(IOptions<ModelsOptions> options, GrantStore grants) =>
        _accounts = [.. options.Value.Budgets.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new BudgetAccount(pair.Key, pair.Value, grants))];

    /// <summary>Whether any budget counts the caller's calls.</summary>
    public bool Concerns(Caller caller) => _accounts.Length > 0 && Array.Exists(_accounts, account => account.Concerns(caller));

    /// <summary>Reserves an amount in every budget that counts the caller's calls.</summary>
    /// <exception cref="ModelException">One of them has too little left; nothing is reserved.</exception>
    public async ValueTask<Reservation> ReserveAsync(Caller caller, decimal amount, DateTimeOffset now, CancellationToken cancellationToken)
    {
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

        return new Reservation(reserved, amount);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var account in _accounts)
        {
            await account.GiveBackAsync(cancellationToken);
        }
    }

    public void Dispose() => Array.ForEach(_accounts, account => account.Dispose());
}
