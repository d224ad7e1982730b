using Npgsql;
using NpgsqlTypes;
using Nura.Contracts;
using Nura.ServiceDefaults.Data;

namespace Nura.Api.Ratings;

/// <summary>What people say of answers, in PostgreSQL. Turns and reports change in one statement, so that neither tells what the other does not.</summary>
internal sealed class RatingStore(NpgsqlDataSource database)
{
    private static readonly Dictionary<string, string> s_columns = new(StringComparer.Ordinal)
    {
        ["day"] = "to_char(rated_at at time zone 'UTC', 'YYYY-MM-DD')",
        ["model"] = "model",
        ["agent"] = "agent",
        ["team"] = "team",
    };

    /// <summary>What sums can be kept apart by.</summary>
    public static IReadOnlyCollection<string> Dimensions => s_columns.Keys;

    /// <param name="conversation">Where it was asked.</param>
    /// <param name="rater">Whose conversation it must be.</param>
    /// <param name="run">The run that answered.</param>
    /// <param name="agent">The run's agent.</param>
    /// <param name="model">The model that wrote the answer; empty when unknown.</param>
    /// <param name="good">What is said; it replaces what was said before.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>Whether there is such a turn.</returns>
    public async Task<bool> RateAsync(Guid conversation, CallerScope rater, Guid run, string agent, string model, bool good, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            """
            with turn as (
                update api.turns t set good = $7 from api.conversations c
                where c.id = $1 and c.owner = $2 and t.conversation_id = c.id and t.run_id = $3 returning t.run_id)
            insert into api.ratings (run_id, agent, model, team, good) select run_id, $4, $5, $6, $7 from turn
            on conflict (run_id) do update set agent = excluded.agent, model = excluded.model, team = excluded.team, good = excluded.good, rated_at = excluded.rated_at
            """,
            conversation, rater.Holder, run, agent, model, new NpgsqlParameter { Value = (object?)rater.Team ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }, good);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <returns>Whether there is such a turn, rated before or not.</returns>
    public async Task<bool> TakeBackAsync(Guid conversation, Guid owner, Guid run, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            """
            with turn as (
                update api.turns t set good = null from api.conversations c
                where c.id = $1 and c.owner = $2 and t.conversation_id = c.id and t.run_id = $3 returning t.run_id),
            gone as (delete from api.ratings where run_id in (select run_id from turn))
            select exists (select from turn)
            """,
            conversation, owner, run);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <param name="from">First moment.</param>
    /// <param name="to">First moment after it.</param>
    /// <param name="by">One to three of <see cref="Dimensions"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>At most 10,000 sums, in the order of their groups.</returns>
    public async Task<IReadOnlyList<RatingSum>> SumAsync(DateTimeOffset from, DateTimeOffset to, IReadOnlyList<string> by, CancellationToken cancellationToken)
    {
        // The texts come from the table above, never from the caller.
        var groups = string.Join(", ", Enumerable.Range(1, by.Count));
        await using var command = database.Command(
            $"""
            select {string.Join(", ", by.Select(name => $"coalesce({s_columns[name]}, '')"))}, count(*) filter (where good), count(*) filter (where not good)
            from api.ratings where rated_at >= $1 and rated_at < $2 group by {groups} order by {groups} limit 10000
            """,
            from.UtcDateTime, to.UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sums = new List<RatingSum>();
        while (await reader.ReadAsync(cancellationToken))
        {
            sums.Add(new RatingSum(by.Select((name, at) => (name, at)).ToDictionary(group => group.name, group => reader.GetString(group.at)), reader.GetInt64(by.Count), reader.GetInt64(by.Count + 1)));
        }

        return sums;
    }
}
