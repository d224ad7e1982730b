using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Nura.Api.Keys;
using Nura.Contracts;

namespace Nura.Api.Audit;

/// <summary>Shows administrators who changed what.</summary>
internal static class AuditEndpoints
{
    private const int MostListed = 200;

    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api").WithTags("Audit").RequireAuthorization(KeyAuthentication.Administrators);
        group.MapGet("/audit", ListAsync);
        group.MapGet("/audit.csv", Csv).Produces(StatusCodes.Status200OK, contentType: "text/csv");
    }

    private static Task<IReadOnlyList<AuditEntry>> ListAsync(long? before, int? take, AuditStore store, CancellationToken cancellationToken) =>
        take is null or (> 0 and <= MostListed) ? store.ListAsync(before ?? long.MaxValue, take ?? MostListed, cancellationToken)
            : throw new ProblemException(StatusCodes.Status400BadRequest, $"'take' is {take}.", $"Take 1 to {MostListed} entries at once. The next come with 'before' set to the last one's 'id'.");

    /// <summary>Everything that is kept unless asked otherwise; both days are included, and are those of UTC.</summary>
    private static PushStreamHttpResult Csv(DateOnly? from, DateOnly? to, AuditStore store, CancellationToken cancellationToken)
    {
        var first = Midnight(from ?? DateOnly.FromDateTime(DateTime.UnixEpoch), nameof(from));
        var end = to is { } last ? Midnight(last, nameof(to)).AddDays(1) : DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);
        return TypedResults.Stream(
            async output =>
            {
                await using var text = new StreamWriter(output) { NewLine = "\r\n" };
                await text.WriteLineAsync("id,at,actorId,actor,action,subject,name,detail");
                await foreach (var entry in store.ReadAsync(first, end, cancellationToken))
                {
                    string?[] fields = [entry.Id.ToString(CultureInfo.InvariantCulture), entry.At.ToString("O", CultureInfo.InvariantCulture), entry.ActorId.ToString(), entry.Actor, entry.Action, entry.Subject, entry.Name, entry.Detail];
                    await text.WriteLineAsync(string.Join(',', fields.Select(field => Api.Csv.Field(field ?? ""))));
                }
            },
            "text/csv; charset=utf-8");
    }

    private static DateTime Midnight(DateOnly day, string name) => day is { Year: > 1900 and < 9999 } ? day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc)
        : throw new ProblemException(StatusCodes.Status400BadRequest, $"'{name}' is {day:O}.", "Give a day such as 2026-11-30.");
}
