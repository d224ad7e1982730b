using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Nura.Models;

/// <summary>Hands out parts of budgets, never more than their limits together. In PostgreSQL, or in memory if the service has no database.</summary>
/// <remarks>
/// A process holds what it was granted by a lease, which it renews while it lives. When a lease runs out, what the process's usage rows do not account for goes back to the budget.
/// A process that could not renew in time spends nothing more until it has a new lease, so that no dollar is held twice. The clock is the database's.
/// Every statement locks the budget's row before it touches a lease, so that no two wait for each other.
/// </remarks>
internal sealed class GrantStore(IServiceProvider services, TimeProvider time)
{
    /// <summary>How long a process may hold grants without a sign of life.</summary>
    internal static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

    private const string Take = """
        with ensured as (
            insert into models.budget_grants (budget, period, granted_usd) values ($1, $2, 0) on conflict do nothing
        ), before as (
            select granted_usd from models.budget_grants where budget = $1 and period = $2 for update
        ), taken as (
            update models.budget_grants grants set granted_usd = before.granted_usd + least($4, $3 - before.granted_usd)
            from before
            where grants.budget = $1 and grants.period = $2 and $3 - before.granted_usd >= $5 and $3 > before.granted_usd
            returning grants.granted_usd - before.granted_usd as part
        )
        insert into models.budget_leases as held (lease, budget, period, granted_usd, until)
        select $6, $1, $2, part, now() + $7 from taken
        on conflict (lease, budget, period) do update set granted_usd = held.granted_usd + excluded.granted_usd
        returning (select part from taken)
        """;

    private const string Reclaim = """
        with counted as (
            select 1 from models.budget_grants where budget = $1 and period = $2 for update
        ), gone as (
            delete from models.budget_leases using counted where budget = $1 and period = $2 and until < now() returning lease, granted_usd
        ), back as (
            select coalesce(sum(gone.granted_usd - coalesce((
                select sum(cost_usd) from models.usage
                where usage.lease = gone.lease and at >= $3 and at < $4
                    and ($5 = 'All' or ($5 = 'Key' and key = $6) or ($5 = 'User' and user_name = $6) or ($5 = 'Team' and team = $6))), 0)), 0) as usd
            from gone
        )
        update models.budget_grants set granted_usd = granted_usd - back.usd from back where budget = $1 and period = $2 and back.usd <> 0
        """;

    private const string GiveBack = """
        with counted as (
            select 1 from models.budget_grants where budget = $1 and period = $2 for update
        ), ended as (
            delete from models.budget_leases using counted where lease = $4 and budget = $1 and period = $2 returning 1
        )
        update models.budget_grants set granted_usd = granted_usd - $3 where budget = $1 and period = $2 and exists (select from ended)
        """;

    private const string Lower = """
        with counted as (
            select 1 from models.budget_grants where budget = $1 and period = $2 for update
        ), before as (
            select held.granted_usd from models.budget_leases held, counted
            where lease = $3 and budget = $1 and period = $2 and held.granted_usd in ($4, $4 + $5) for update of held
        ), lowered as (
            update models.budget_leases held set granted_usd = $4 from before where lease = $3 and budget = $1 and period = $2 returning before.granted_usd - $4 as usd
        )
        update models.budget_grants set granted_usd = granted_usd - usd from lowered where budget = $1 and period = $2
        """;

    private readonly NpgsqlDataSource? _database = services.GetService<NpgsqlDataSource>();
    private readonly Dictionary<(string, DateOnly), decimal> _memory = [];
    private readonly Lock _lock = new();
    private readonly HashSet<(string, DateOnly)> _held = [];
    private long _renewed = time.GetTimestamp();

    /// <summary>Identity of this process's grants; another one after a lease was lost.</summary>
    public Guid Lease { get; private set; } = Guid.CreateVersion7();

    /// <summary>Whether grants handed out under <see cref="Lease"/> may be spent. The last sixth of its life is left out, for calls under way and slow clocks.</summary>
    public bool IsHeld => _database is null || time.GetElapsedTime(Interlocked.Read(ref _renewed)) < Life * 5 / 6;

    /// <summary>Takes up to an amount.</summary>
    /// <param name="budget">The budget.</param>
    /// <param name="want">What would be good to have.</param>
    /// <param name="least">Less than this is of no use.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>US dollars granted; 0 if not even the least is left.</returns>
    /// <exception cref="ModelException">The database does not answer.</exception>
    public async Task<decimal> TakeAsync(BudgetPart budget, decimal want, decimal least, CancellationToken cancellationToken)
    {
        if (_database is null)
        {
            lock (_lock)
            {
                var granted = _memory.GetValueOrDefault((budget.Name, budget.Start));
                var part = budget.Limit - granted >= least ? Math.Min(want, budget.Limit - granted) : 0;
                _memory[(budget.Name, budget.Start)] = granted + part;
                return Math.Max(part, 0);
            }
        }

        try
        {
            // The row made in the first attempt is seen by the second only: a statement sees the table as it was when it began.
            if (await TakeOnceAsync(budget, want, least, cancellationToken) is { } first)
            {
                return first;
            }

            await RunAsync(Reclaim, cancellationToken, budget.Name, budget.Start, Moment(budget.Start), Moment(budget.End), budget.Scope.ToString(), budget.Id ?? "");
            return await TakeOnceAsync(budget, want, least, cancellationToken) ?? 0;
        }
        catch (NpgsqlException exception)
        {
            throw new ModelException("The budget cannot be checked because the database does not answer. Try again in a moment.", 503, isRetryable: true, exception) { Code = "budget_unavailable", IsNuras = true };
        }
    }

    /// <summary>Gives back what was not used; a debt is taken out of the budget instead. After this the process holds nothing of it.</summary>
    public async Task GiveBackAsync(string budget, DateOnly period, decimal left, CancellationToken cancellationToken)
    {
        if (_database is null)
        {
            return;
        }

        lock (_lock)
        {
            _held.Remove((budget, period));
        }

        try
        {
            await RunAsync(GiveBack, cancellationToken, budget, period, left, Lease);
        }
        catch (NpgsqlException)
        {
            // The lease runs out by itself.
        }
    }

    /// <summary>Gives back a part of what is held, which nothing may be spent of any more, and keeps the lease. Can be asked again: a part goes back once.</summary>
    /// <param name="budget">The budget.</param>
    /// <param name="period">Beginning of the period.</param>
    /// <param name="kept">US dollars that the lease is to have.</param>
    /// <param name="part">US dollars that it may have beside them.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Whether it is known to have gone back; if not, it may have.</returns>
    public async Task<bool> LowerAsync(string budget, DateOnly period, decimal kept, decimal part, CancellationToken cancellationToken)
    {
        if (_database is null)
        {
            lock (_lock)
            {
                _memory[(budget, period)] -= part;
                return true;
            }
        }

        try
        {
            return await RunAsync(Lower, cancellationToken, budget, period, Lease, kept, part) > 0;
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Tells the database that this process lives.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Whether all its grants are still its own; if not, it must forget every one and has a new <see cref="Lease"/>.</returns>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        if (_database is null)
        {
            return true;
        }

        // Counted from before the question: what the database notes is later.
        var asked = time.GetTimestamp();
        int held;
        lock (_lock)
        {
            held = _held.Count;
        }

        var isWhole = await RunAsync("update models.budget_leases set until = now() + $2 where lease = $1", cancellationToken, Lease, Life) >= held;
        if (!isWhole)
        {
            // What is left of the old lease runs out.
            Lease = Guid.CreateVersion7();
            lock (_lock)
            {
                _held.Clear();
            }
        }

        Interlocked.Exchange(ref _renewed, asked);
        return isWhole;
    }

    private static DateTime Moment(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    private async Task<decimal?> TakeOnceAsync(BudgetPart budget, decimal want, decimal least, CancellationToken cancellationToken)
    {
        await using var command = Command(Take, budget.Name, budget.Start, budget.Limit, want, least, Lease, Life);
        var granted = (decimal?)await command.ExecuteScalarAsync(cancellationToken);
        if (granted is not null)
        {
            lock (_lock)
            {
                _held.Add((budget.Name, budget.Start));
            }
        }

        return granted;
    }

    private async Task<int> RunAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = _database!.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
