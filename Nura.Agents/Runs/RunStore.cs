using Npgsql;
using NpgsqlTypes;
using Nura.Contracts;
using Nura.ServiceDefaults.Data;

namespace Nura.Agents.Runs;

/// <summary>Runs and their logs in PostgreSQL. Every write names its owner, so a process that lost its lease changes nothing any more.</summary>
internal sealed class RunStore(NpgsqlDataSource database)
{
    /// <summary>
    /// Room left before the entries that another process writes for a dead one. Readers may have seen live entries that
    /// never reached the database; behind this gap nothing can be taken for one of those.
    /// </summary>
    public const long CrashGap = 1_000_000;

    public async Task<DateTimeOffset> InsertAsync(Guid id, string agent, Guid? holder, Guid owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "insert into agents.runs (id, agent, state, owner, lease_until, holder) values ($1, $2, 'running', $3, now() + $4, $5) returning created_at",
            id, agent, owner, lease, Nullable(holder));
        return (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>A run of a holder; with <see langword="null"/> as holder, whoever's it is.</summary>
    public async Task<RunView?> FindAsync(Guid id, Guid? holder, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select agent, state, created_at, ended_at from agents.runs where id = $1 and ($2::uuid is null or holder = $2)",
            id, Nullable(holder));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new RunView(id, reader.GetString(0), Enum.Parse<RunState>(reader.GetString(1), ignoreCase: true), reader.GetDateTime(2), reader.IsDBNull(3) ? null : reader.GetDateTime(3))
            : null;
    }

    public async Task<List<LogEntry>> EntriesAsync(Guid id, long after, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select id, name, data from agents.run_events where run_id = $1 and id > $2 order by id limit $3",
            id, after, limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var entries = new List<LogEntry>();
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(new LogEntry(reader.GetInt64(0), reader.GetString(1), reader.GetString(2)));
        }

        return entries;
    }

    /// <summary>Writes entries of any number of runs at once. Those written before stay, so a batch can be tried again.</summary>
    public async Task AppendAsync(Guid owner, IReadOnlyCollection<(Guid Run, LogEntry Entry)> entries, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            """
            insert into agents.run_events (run_id, id, name, data)
            select e.run_id, e.id, e.name, e.data
            from unnest($2, $3, $4, $5) as e (run_id, id, name, data)
            join agents.runs r on r.id = e.run_id and r.owner = $1 and r.state = 'running'
            on conflict do nothing
            """,
            owner,
            entries.Select(item => item.Run).ToArray(),
            entries.Select(item => item.Entry.Id).ToArray(),
            entries.Select(item => item.Entry.Name).ToArray(),
            entries.Select(item => item.Entry.Data).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends a run together with its last entries; does nothing when it has ended already.</summary>
    public async Task EndAsync(Guid owner, Guid run, RunState state, IReadOnlyCollection<LogEntry> last, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            """
            with ended as (
                update agents.runs set state = $3, ended_at = now() where id = $2 and owner = $1 and state = 'running' returning id)
            insert into agents.run_events (run_id, id, name, data)
            select ended.id, e.id, e.name, e.data from ended, unnest($4, $5, $6) as e (id, name, data)
            on conflict do nothing
            """,
            owner,
            run,
            state.ToString().ToLowerInvariant(),
            last.Select(entry => entry.Id).ToArray(),
            last.Select(entry => entry.Name).ToArray(),
            last.Select(entry => entry.Data).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Renews the leases of those runs that an owner still works on. One that it lost sight of, as when its start broke off behind the insert, is left to run out.</summary>
    /// <returns>Its runs that are still its own, and whether their user wants them stopped.</returns>
    public async Task<Dictionary<Guid, bool>> RenewAsync(Guid owner, IReadOnlyCollection<Guid> working, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "update agents.runs set lease_until = now() + $3 where owner = $1 and id = any($2) and state = 'running' returning id, stop_requested",
            owner, working.ToArray(), lease);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var runs = new Dictionary<Guid, bool>();
        while (await reader.ReadAsync(cancellationToken))
        {
            runs.Add(reader.GetGuid(0), reader.GetBoolean(1));
        }

        return runs;
    }

    /// <summary>Asks the owner of a run, whoever that is, to stop it.</summary>
    public async Task RequestStopAsync(Guid run, Guid? holder, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "update agents.runs set stop_requested = true where id = $1 and state = 'running' and ($2::uuid is null or holder = $2)",
            run, Nullable(holder));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends runs whose lease ran out, each with an error and a last entry.</summary>
    /// <returns>How many.</returns>
    public async Task<int> FailAbandonedAsync(string error, string done, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            """
            with dead as (
                select id from agents.runs where state = 'running' and lease_until < now() limit 500 for update skip locked),
            failed as (
                update agents.runs r set state = 'failed', ended_at = now() from dead where r.id = dead.id returning r.id),
            last as (
                select failed.id as run_id, $1 + coalesce((select max(e.id) from agents.run_events e where e.run_id = failed.id), 0) as id from failed),
            written as (
                insert into agents.run_events (run_id, id, name, data)
                select run_id, id, 'error', $2 from last
                union all
                select run_id, id + 1, 'done', $3 from last
                returning 1)
            select count(*)::int from failed
            """,
            CrashGap, error, done);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Keeps a run of a holder until it is deleted; with <see langword="null"/> as holder, whoever's it is.</summary>
    public async Task KeepAsync(Guid id, Guid? holder, CancellationToken cancellationToken)
    {
        await using var command = database.Command("update agents.runs set kept = true where id = $1 and ($2::uuid is null or holder = $2)", id, Nullable(holder));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Deletes those of some runs that are a holder's; with <see langword="null"/> as holder, whoever's they are. Whoever works on one finds its lease gone.</summary>
    public async Task DeleteAsync(IEnumerable<Guid> runs, Guid? holder, CancellationToken cancellationToken)
    {
        await using var command = database.Command("delete from agents.runs where id = any($1) and ($2::uuid is null or holder = $2)", runs.ToArray(), Nullable(holder));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Deletes some of the runs that ended longer ago than a span and are not kept.</summary>
    /// <returns>How many; fewer than <paramref name="limit"/> when none is left.</returns>
    public async Task<int> DeleteOldAsync(TimeSpan retention, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "delete from agents.runs where id in (select id from agents.runs where state <> 'running' and not kept and ended_at < now() - $1 limit $2)",
            retention, limit);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Nullable(Guid? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };
}
