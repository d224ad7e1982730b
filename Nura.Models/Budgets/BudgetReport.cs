using Microsoft.Extensions.Options;
using Npgsql;

namespace Nura.Models;

/// <summary>Tells how far budgets are used up.</summary>
public sealed class BudgetReport
{
    private readonly IDictionary<string, BudgetOptions> _budgets;
    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _time;

    internal BudgetReport(IOptions<ModelsOptions> options, NpgsqlDataSource database, TimeProvider time) => (_budgets, _database, _time) = (options.Value.Budgets, database, time);

    /// <summary>The budgets by name, each in its present period.</summary>
    /// <param name="caller">Whose calls they must count; <see langword="null"/> for all budgets.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<BudgetStatus>> ReadAsync(Caller? caller, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var asked = _budgets.Where(pair => caller is null || pair.Value.Concerns(caller)).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => (Name: pair.Key, Budget: pair.Value, Start: pair.Value.Period.StartAt(now))).ToList();
        if (asked.Count == 0)
        {
            return [];
        }

        await using var command = _database.CreateCommand(
            """
            select coalesce((
                select sum(cost_usd) from models.usage
                where at >= since and at < until and (scope = 'All' or (scope = 'Key' and key = whose) or (scope = 'User' and user_name = whose) or (scope = 'Team' and team = whose))), 0)
            from unnest($1, $2, $3, $4) with ordinality as budget (since, until, scope, whose, place) order by place
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = asked.Select(budget => Midnight(budget.Start)).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = asked.Select(budget => Midnight(budget.Budget.Period.EndAfter(budget.Start))).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = asked.Select(budget => budget.Budget.Scope.ToString()).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = asked.Select(budget => budget.Budget.Id ?? "").ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var all = new List<BudgetStatus>();
        foreach (var (name, budget, start) in asked)
        {
            await reader.ReadAsync(cancellationToken);
            all.Add(new BudgetStatus(
                name, Lower(budget.Scope), budget.Scope == BudgetScope.All ? null : budget.Id, Lower(budget.Period), budget.Limit, reader.GetDecimal(0),
                budget.Period == BudgetPeriod.Total ? null : budget.Period.EndAfter(start)));
        }

        return all;

        static DateTime Midnight(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        static string Lower<T>(T value)
            where T : Enum => value.ToString().ToLowerInvariant();
    }
}
