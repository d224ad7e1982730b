using Npgsql;

namespace Nura.Api.Conversations;

/// <summary>Conversations in PostgreSQL. The owner is part of every statement: nobody else's conversation exists for a caller.</summary>
internal sealed class ConversationStore(NpgsqlDataSource database)
{
    public async Task<ConversationView> InsertAsync(Guid id, Guid owner, string title, CancellationToken cancellationToken)
    {
        await using var command = Command("insert into api.conversations (id, owner, title) values ($1, $2, $3) returning id, title, updated_at", id, owner, title);
        return (await ReadAsync(command, View, cancellationToken)).Single();
    }

    /// <summary>The latest conversations first, of those that were last asked in before a time (UTC).</summary>
    public async Task<IReadOnlyList<ConversationView>> ListAsync(Guid owner, DateTime before, int take, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "select id, title, updated_at from api.conversations where owner = $1 and updated_at < $2 order by updated_at desc, id limit $3", owner, DateTime.SpecifyKind(before, DateTimeKind.Utc), take);
        return await ReadAsync(command, View, cancellationToken);
    }

    public async Task<bool> RenameAsync(Guid id, Guid owner, string title, CancellationToken cancellationToken)
    {
        await using var command = Command("update api.conversations set title = $3 where id = $1 and owner = $2", id, owner, title);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <returns>The runs that answer in it, or <see langword="null"/> if there is no such conversation.</returns>
    public async Task<IReadOnlyList<Guid>?> RunsAsync(Guid id, Guid owner, CancellationToken cancellationToken)
    {
        await using var command = Command("select t.run_id from api.conversations c left join api.turns t on t.conversation_id = c.id where c.id = $1 and c.owner = $2", id, owner);
        return Runs(await ReadAsync(command, Run, cancellationToken));
    }

    /// <returns>The runs that answered in it, or <see langword="null"/> if there is no such conversation.</returns>
    public async Task<IReadOnlyList<Guid>?> DeleteAsync(Guid id, Guid owner, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // In a statement of its own, which waits for a turn that is being added: only the next one sees it, and from here on none can be added.
        await using var conversation = Fill(new NpgsqlCommand("select from api.conversations where id = $1 and owner = $2 for update", connection), id, owner);
        await conversation.ExecuteNonQueryAsync(cancellationToken);

        await using var command = Fill(
            new NpgsqlCommand(
                """
                with deleted as (delete from api.conversations where id = $1 and owner = $2 returning id)
                select t.run_id from deleted d left join api.turns t on t.conversation_id = d.id
                """,
                connection),
            id, owner);
        var runs = await ReadAsync(command, Run, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Runs(runs);
    }

    /// <summary>Some of the conversations, with their owners, in which nothing was asked since a time (UTC).</summary>
    public async Task<IReadOnlyList<(Guid Id, Guid Owner)>> SilentAsync(DateTime since, int take, CancellationToken cancellationToken)
    {
        await using var command = Command("select id, owner from api.conversations where updated_at < $1 limit $2", since, take);
        return await ReadAsync(command, row => (row.GetGuid(0), row.GetGuid(1)), cancellationToken);
    }

    public async Task<bool> ExistsAsync(Guid id, Guid owner, CancellationToken cancellationToken)
    {
        await using var command = Command("select exists (select from api.conversations where id = $1 and owner = $2)", id, owner);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Whether a run answers in one of an owner's conversations.</summary>
    public async Task<bool> HasRunAsync(Guid owner, Guid run, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "select exists (select from api.turns t join api.conversations c on c.id = t.conversation_id where t.run_id = $1 and c.owner = $2)", run, owner);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<IReadOnlyList<TurnView>> TurnsAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = Command("select question, run_id, created_at from api.turns where conversation_id = $1 order by id", id);
        return await ReadAsync(command, Turn, cancellationToken);
    }

    /// <returns>The turn, or <see langword="null"/> if the conversation was deleted meanwhile.</returns>
    public async Task<TurnView?> AddTurnAsync(Guid id, Guid owner, string question, Guid runId, CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            with conversation as (update api.conversations set updated_at = now() where id = $1 and owner = $2 returning id)
            insert into api.turns (conversation_id, question, run_id) select id, $3, $4 from conversation
            returning question, run_id, created_at
            """,
            id, owner, question, runId);
        return (await ReadAsync(command, Turn, cancellationToken)).SingleOrDefault();
    }

    // A conversation without a turn is a row without a run.
    private static Guid? Run(NpgsqlDataReader row) => row.IsDBNull(0) ? null : row.GetGuid(0);

    private static IReadOnlyList<Guid>? Runs(List<Guid?> rows) => rows.Count == 0 ? null : [.. rows.OfType<Guid>()];

    private static ConversationView View(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetString(1), row.GetDateTime(2));

    private static TurnView Turn(NpgsqlDataReader row) => new(row.GetString(0), row.GetGuid(1), row.GetDateTime(2));

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

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<object> values) => Fill(database.CreateCommand(sql), values);

    private static NpgsqlCommand Fill(NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
