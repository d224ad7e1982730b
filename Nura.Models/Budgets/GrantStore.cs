using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Nura.Models;

/// <summary>Hands out parts of budgets, never more than their limits together. In PostgreSQL, or in memory if the service has no database.</summary>
internal sealed class GrantStore(IServiceProvider services)
{
    private const string Take = """
        with ensured as (
            insert into models.budget_grants (budget, period, granted_usd) values ($1, $2, 0) on conflict do nothing
        ), before as (
            select granted_usd from models.budget_grants where budget = $1 and period = $2 for update
        )
        update models.budget_grants grants set granted_usd = before.granted_usd + least($4, $3 - before.granted_usd)
        from before
        where grants.budget = $1 and grants.period = $2 and $3 - before.granted_usd >= $5 and $3 > before.granted_usd
        returning grants.granted_usd - before.granted_usd
        """;

    private readonly NpgsqlDataSource? _database = services.GetService<NpgsqlDataSource>();
    private readonly Dictionary<(string, DateOnly), decimal> _memory = [];
    private readonly Lock _lock = new();

    /// <summary>Takes up to an amount.</summary>
    /// <param name="budget">Its name.</param>
    /// <param name="period">First day of the period.</param>
    /// <param name="limit">The budget's limit.</param>
    /// <param name="want">What would be good to have.</param>
    /// <param name="least">Less than this is of no use.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>US dollars granted; 0 if not even the least is left.</returns>
    /// <exception cref="ModelException">The database does not answer.</exception>
    public async Task<decimal> TakeAsync(string budget, DateOnly period, decimal limit, decimal want, decimal least, CancellationToken cancellationToken)
    {
        if (_database is null)
        {
            lock (_lock)
            {
                var granted = _memory.GetValueOrDefault((budget, period));
                var part = limit - granted >= least ? Math.Min(want, limit - granted) : 0;
                _memory[(budget, period)] = granted + part;
                return Math.Max(part, 0);
            }
        }

        try
        {
            // The row made in the first attempt is seen by the second only: a statement sees the table as it was when it began.
            return await TakeOnceAsync(_database, budget, period, limit, want, least, cancellationToken)
                ?? await TakeOnceAsync(_database, budget, period, limit, want, least, cancellationToken)
                ?? 0;
        }
        catch (NpgsqlException exception)
        {
            throw new ModelException("The budget cannot be checked because the database does not answer. Try again in a moment.", 503, isRetryable: true, exception) { Code = "budget_unavailable" };
        }
    }

    /// <summary>Gives back what was not used; a debt is taken out of the budget instead.</summary>
    public async Task GiveBackAsync(string budget, DateOnly period, decimal left, CancellationToken cancellationToken)
    {
        if (_database is null)
        {
            return;
        }

        await using var command = _database.CreateCommand("update models.budget_grants set granted_usd = granted_usd - $3 where budget = $1 and period = $2");
        command.Parameters.AddWithValue(budget);
        command.Parameters.AddWithValue(period);
        command.Parameters.AddWithValue(left);
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException)
        {
            // The grant stays unused until the period ends: less is spent than allowed, never more.
        }
    }

    private static async Task<decimal?> TakeOnceAsync(
        NpgsqlDataSource database, string budget, DateOnly period, decimal limit, decimal want, decimal least, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Take);
        foreach (var value in (ReadOnlySpan<object>)[budget, period, limit, want, least])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return (decimal?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
