using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Nura.ServiceDefaults.Problems;

/// <summary>What an exception means to the caller.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">What happened and what to do, without internals.</param>
/// <param name="RetryAfter">When to try again, for what passes by itself.</param>
internal sealed record Problem(int Status, string Detail, TimeSpan? RetryAfter = null)
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(2);

    public bool IsServerFault => Status >= StatusCodes.Status500InternalServerError;

    /// <summary>The meaning, or <see langword="null"/> if the exception is a defect of ours (500).</summary>
    public static Problem? Of(Exception exception) => exception switch
    {
        BadHttpRequestException { InnerException: JsonException json } bad => new(bad.StatusCode, DescribeJson(json)),
        BadHttpRequestException bad when IsBodyMissing(bad) => new(bad.StatusCode, "The request needs a JSON body."),
        BadHttpRequestException bad => new(bad.StatusCode, bad.Message),
        NpgsqlException database when IsUnavailable(database) => new(
            StatusCodes.Status503ServiceUnavailable, "The database is not available at the moment. Nothing was lost; try again.", s_soon),
        PostgresException { SqlState: PostgresErrorCodes.UntranslatableCharacter or PostgresErrorCodes.CharacterNotInRepertoire } => new(
            StatusCodes.Status400BadRequest, "A text in the request has a character that cannot be kept, such as U+0000."),
        HttpRequestException { StatusCode: null or System.Net.HttpStatusCode.ServiceUnavailable } => new(
            StatusCodes.Status503ServiceUnavailable, "Another service that this answer needs is not available at the moment. Try again.", s_soon),
        TaskCanceledException { InnerException: TimeoutException } => new(
            StatusCodes.Status504GatewayTimeout, "Another service that this answer needs took too long. Try again.", s_soon),
        _ => null,
    };

    /// <summary>The framework says it in terms of our parameters, which tell a caller nothing.</summary>
    private static bool IsBodyMissing(BadHttpRequestException exception) =>
        exception.Message.Contains("no body was provided", StringComparison.Ordinal) || exception.Message.Contains("was not provided from body", StringComparison.Ordinal);

    private static string DescribeJson(JsonException json) => json.LineNumber is { } line
        ? $"The body is not the JSON expected here: line {line + 1}, byte {json.BytePositionInLine + 1}{(json.Path is { Length: > 1 } path ? $", at {path}" : string.Empty)}."
        : "The body is not the JSON expected here.";

    /// <summary>Unreachable, starting, stopping, out of connections, read-only after a failover, or too slow; all of which pass.</summary>
    private static bool IsUnavailable(NpgsqlException exception) => exception is PostgresException postgres
        ? postgres.IsTransient || postgres.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.ReadOnlySqlTransaction
        : exception.IsTransient;
}
