using System.Text;
using Npgsql;
using NpgsqlTypes;
using Nura.Api.Keys;
using Nura.Contracts;
using Nura.ServiceDefaults.Data;

namespace Nura.Api.Conversations;

/// <summary>Conversations in PostgreSQL. Who asks is part of every statement: nobody else's conversation exists for a caller, unless it is shared and only read.</summary>
internal sealed class ConversationStore(NpgsqlDataSource database)
{
    private const string Columns = "id, title, updated_at, shared";

    /// <summary>Whether a caller ($2) may read a conversation.</summary>
    private const string Visible = "(c.owner = $2 or c.shared)";

    /// <summary>Whether a caller ($2) who may see some repositories ($3, null for every one) may read a turn's answer. Of turns of an earlier version nobody knows what they draw on: <c>&lt;@</c> is not true of them.</summary>
    private const string Readable = "(c.owner = $2 or c.shared and ($3 is null or t.repositories <@ $3))";

    public async Task<ConversationView> InsertAsync(Guid id, Guid owner, string title, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"insert into api.conversations (id, owner, title) values ($1, $2, $3) returning {Columns}", id, owner, title);
        return (await ReadAsync(command, View, cancellationToken)).Single();
    }

    /// <summary>The latest conversations first, of those that were last asked in before a time (UTC).</summary>
    /// <param name="owner">Whose they are.</param>
    /// <param name="before">The time.</param>
    /// <param name="take">Most of them.</param>
    /// <param name="words">What each must have in its title and questions, in any order and case; none for all conversations.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    public async Task<IReadOnlyList<ConversationView>> ListAsync(Guid owner, DateTime before, int take, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        var found = words.Count == 0 ? "" : "and (select c.title || ' ' || coalesce(string_agg(question, ' '), '') from api.turns where conversation_id = c.id) ~ all ($4)";
        await using var command = database.Command(
            $"select {Columns} from api.conversations c where owner = $1 and updated_at < $2 {found} order by updated_at desc, id limit $3", owner, DateTime.SpecifyKind(before, DateTimeKind.Utc), take);
        if (words.Count > 0)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = words.Select(Pattern).ToArray() });
        }

        return await ReadAsync(command, View, cancellationToken);
    }

    /// <returns>A conversation as a caller sees it, or <see langword="null"/> if there is none that it may read.</returns>
    public async Task<ConversationView?> FindAsync(Guid id, Guid reader, CancellationToken cancellationToken)
    {
        // A person's own key is called by the person's name, as everywhere. The first key is in no table.
        await using var command = database.Command(
            $"""
            select c.id, c.title, c.updated_at, c.shared, case when c.owner <> $2 then coalesce(p.name, k.name, $3) end
            from api.conversations c left join api.keys k on k.id = c.owner left join api.keys p on p.id = k.person
            where c.id = $1 and {Visible}
            """,
            id, reader, KeyHolder.First.Name);
        return (await ReadAsync(command, row => View(row) with { SharedBy = row.IsDBNull(4) ? null : row.GetString(4) }, cancellationToken)).SingleOrDefault();
    }

    /// <param name="id">The conversation.</param>
    /// <param name="owner">Whose it must be.</param>
    /// <param name="shared">Whether everybody is to read it.</param>
    /// <param name="orAnybodys">Whether it may be anybody's that is shared.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>Whether there was such a conversation; one of the owner's own, shared before or not.</returns>
    public async Task<bool> ShareAsync(Guid id, Guid owner, bool shared, bool orAnybodys, CancellationToken cancellationToken)
    {
        await using var command = database.Command("update api.conversations set shared = $3 where id = $1 and (owner = $2 or $4 and shared)", id, owner, shared, orAnybodys);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    public async Task<bool> RenameAsync(Guid id, Guid owner, string title, CancellationToken cancellationToken)
    {
        await using var command = database.Command("update api.conversations set title = $3 where id = $1 and owner = $2", id, owner, title);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <param name="id">The conversation.</param>
    /// <param name="owner">Whose it must be.</param>
    /// <param name="silentSince">Since when nothing must have been asked in it (UTC); <see langword="null"/> if that does not matter.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>The runs that answer in it, or <see langword="null"/> if there is no such conversation.</returns>
    public async Task<IReadOnlyList<Guid>?> RunsAsync(Guid id, Guid owner, DateTime? silentSince, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select t.run_id from api.conversations c left join api.turns t on t.conversation_id = c.id where c.id = $1 and c.owner = $2 and c.updated_at < $3", id, owner, silentSince ?? DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc));
        return Runs(await ReadAsync(command, Run, cancellationToken));
    }

    /// <returns>The runs that answered in it, or <see langword="null"/> if there is no such conversation.</returns>
    public async Task<IReadOnlyList<Guid>?> DeleteAsync(Guid id, Guid owner, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // In a statement of its own, which waits for a turn that is being added: only the next one sees it, and from here on none can be added.
        await using var conversation = new NpgsqlCommand("select from api.conversations where id = $1 and owner = $2 for update", connection).With(id, owner);
        await conversation.ExecuteNonQueryAsync(cancellationToken);

        await using var command = new NpgsqlCommand(
            """
            with deleted as (delete from api.conversations where id = $1 and owner = $2 returning id)
            select t.run_id from deleted d left join api.turns t on t.conversation_id = d.id
            """,
            connection).With(id, owner);
        var runs = await ReadAsync(command, Run, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Runs(runs);
    }

    /// <summary>Some of the conversations, with their owners, in which nothing was asked since a time (UTC).</summary>
    public async Task<IReadOnlyList<(Guid Id, Guid Owner)>> SilentAsync(DateTime since, int take, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select id, owner from api.conversations where updated_at < $1 limit $2", since, take);
        return await ReadAsync(command, row => (row.GetGuid(0), row.GetGuid(1)), cancellationToken);
    }

    public async Task<bool> ExistsAsync(Guid id, Guid owner, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select exists (select from api.conversations where id = $1 and owner = $2)", id, owner);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Whether a run answers in one of an owner's conversations.</summary>
    public async Task<bool> HasRunAsync(Guid owner, Guid run, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select exists (select from api.turns t join api.conversations c on c.id = t.conversation_id where t.run_id = $1 and c.owner = $2)", run, owner);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Whether a run answers in a conversation where the caller may read its answer.</summary>
    public async Task<bool> HasReadableRunAsync(CallerScope reader, Guid run, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            $"select exists (select from api.turns t join api.conversations c on c.id = t.conversation_id where t.run_id = $1 and {Readable})", run, reader.Holder, List(reader.Repositories));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <returns>The turns, without the runs whose answers the caller may not read; <see langword="null"/> if there is no conversation that it may.</returns>
    public async Task<IReadOnlyList<TurnView>?> TurnsAsync(Guid id, CallerScope reader, CancellationToken cancellationToken)
    {
        // A conversation without turns is a row without a question.
        await using var command = database.Command(
            $"""
            select t.question, case when {Readable} then t.run_id end, t.created_at, case when c.owner = $2 then t.good end
            from api.conversations c left join api.turns t on t.conversation_id = c.id
            where c.id = $1 and {Visible} order by t.id
            """,
            id, reader.Holder, List(reader.Repositories));
        var turns = await ReadAsync(command, row => row.IsDBNull(0) ? null : Turn(row), cancellationToken);
        return turns.Count == 0 ? null : [.. turns.OfType<TurnView>()];
    }

    /// <param name="id">The conversation.</param>
    /// <param name="asker">Its owner, as the run was started for.</param>
    /// <param name="question">What was asked.</param>
    /// <param name="runId">The run that answers.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>The turn, or <see langword="null"/> if the conversation was deleted meanwhile.</returns>
    public async Task<TurnView?> AddTurnAsync(Guid id, CallerScope asker, string question, Guid runId, CancellationToken cancellationToken)
    {
        // What was answered before is told to the agent with the question: an answer may draw on all that those before it may.
        await using var command = database.Command(
            """
            with conversation as (update api.conversations set updated_at = now() where id = $1 and owner = $2 returning id)
            insert into api.turns (conversation_id, question, run_id, repositories)
            select id, $3, $4, case
                when $5 is not null and not exists (select from api.turns where conversation_id = $1 and repositories is null)
                then array(select unnest($5) union select unnest(repositories) from api.turns where conversation_id = $1) end
            from conversation
            returning question, run_id, created_at, good
            """,
            id, asker.Holder, question, runId, List(asker.Repositories));
        return (await ReadAsync(command, Turn, cancellationToken)).SingleOrDefault();
    }

    // A conversation without a turn is a row without a run.
    private static Guid? Run(NpgsqlDataReader row) => row.IsDBNull(0) ? null : row.GetGuid(0);

    private static IReadOnlyList<Guid>? Runs(List<Guid?> rows) => rows.Count == 0 ? null : [.. rows.OfType<Guid>()];

    private static ConversationView View(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetString(1), row.GetDateTime(2), row.GetBoolean(3));

    private static TurnView Turn(NpgsqlDataReader row) => new(row.GetString(0), row.IsDBNull(1) ? null : row.GetGuid(1), row.GetDateTime(2), row.IsDBNull(3) ? null : row.GetBoolean(3));

    // Both cases are written out: a database of the locale C, such as a local one, takes no letters but those of ASCII for the same.
    private static string Pattern(string word) => string.Concat(word.EnumerateRunes().Select(sign =>
        Rune.ToLowerInvariant(sign) != Rune.ToUpperInvariant(sign) ? $"[{Rune.ToLowerInvariant(sign)}{Rune.ToUpperInvariant(sign)}]"
        : sign.IsAscii && !Rune.IsDigit(sign) ? $@"\{sign}"
        : sign.ToString()));

    private static NpgsqlParameter List(IReadOnlyList<Guid>? ids) => new() { Value = (object?)ids?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };

    private static async Task<List<T>> ReadAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(row(reader));
        }

        return rows;
    }
}
