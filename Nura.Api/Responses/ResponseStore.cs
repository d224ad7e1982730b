using System.Text.Json.Nodes;
using Npgsql;
using Nura.Api.Errors;
using Nura.ServiceDefaults.Data;

namespace Nura.Api.Responses;

/// <summary>Responses in PostgreSQL, so that a caller may go on from one by naming it. The owner is part of every statement.</summary>
internal sealed partial class ResponseStore(NpgsqlDataSource database, TimeProvider time, ILogger<ResponseStore> logger)
{
    /// <summary>Responses a conversation may consist of.</summary>
    private const int LongestChain = 1_000;

    /// <summary>How long one is kept, as OpenAI does.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(30);

    /// <summary>Keeps a response, and drops those that are too old.</summary>
    /// <returns>Whether it is kept. An answer is not lost because the database is away.</returns>
    public async Task<bool> TryAddAsync(string id, Guid owner, string? previousId, JsonArray input, JsonObject response, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        try
        {
            await using var command = database.Command(
                """
                with old as (delete from api.responses where created_at < $7)
                insert into api.responses (id, owner, previous_id, input, response, created_at) values ($1, $2, $3, $4, $5, $6)
                """,
                id, owner, (object?)previousId ?? DBNull.Value, input.ToJsonString(), response.ToJsonString(), now, now - s_kept);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException exception)
        {
            LogNotKept(exception, id);
            return false;
        }
    }

    /// <summary>A response as it was given, or <see langword="null"/> if this caller has none of that id.</summary>
    public async Task<string?> FindAsync(string id, Guid owner, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select response from api.responses where id = $1 and owner = $2", id, owner);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    public async Task<bool> DeleteAsync(string id, Guid owner, CancellationToken cancellationToken)
    {
        await using var command = database.Command("delete from api.responses where id = $1 and owner = $2", id, owner);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Every item said up to a response and in it, oldest first.</summary>
    /// <param name="id">The response.</param>
    /// <param name="owner">Whose it is.</param>
    /// <param name="most">Bytes that may be kept of it all. A chain is as long as its caller makes it, and memory holds it whole.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns><see langword="null"/> if it, or one that it goes on from, is not kept.</returns>
    /// <exception cref="RequestException">It is too long.</exception>
    public async Task<List<JsonNode>?> HistoryAsync(string id, Guid owner, long most, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            """
            with recursive chain as (
                select previous_id, input, response, 1 as depth, octet_length(input)::bigint + octet_length(response) as size
                from api.responses where id = $1 and owner = $2
                union all
                select earlier.previous_id, earlier.input, earlier.response, chain.depth + 1, chain.size + octet_length(earlier.input) + octet_length(earlier.response)
                from chain join api.responses earlier on earlier.id = chain.previous_id and earlier.owner = $2
                where chain.depth <= $3 and chain.size <= $4
            )
            select previous_id, input, response, depth > $3 or size > $4 from chain order by depth desc
            """,
            id, owner, LongestChain, most);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<JsonNode>? items = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (items is null && reader.GetBoolean(3))
            {
                throw RequestException.BadParameter(
                    "previous_response_id",
                    $"The conversation up to '{id}' is longer than Nura goes on from: {LongestChain} responses, or {most} bytes. Begin a new one, or send what matters of it as 'input'.",
                    "context_length_exceeded");
            }

            if (items is null && !reader.IsDBNull(0))
            {
                return null;
            }

            items ??= [];
            items.AddRange(JsonNode.Parse(reader.GetString(1))!.AsArray().OfType<JsonNode>());
            items.AddRange(JsonNode.Parse(reader.GetString(2))!["output"]!.AsArray().OfType<JsonNode>());
        }

        return items;
    }

    [LoggerMessage(1040, LogLevel.Warning, "Response {Id} was given but could not be kept; nobody can go on from it by its id")]
    private partial void LogNotKept(Exception exception, string id);
}
