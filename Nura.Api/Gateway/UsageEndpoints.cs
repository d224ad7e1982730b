using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Nura.Api.Audit;
using Nura.Api.Errors;
using Nura.Api.Keys;
using Nura.Models;

namespace Nura.Api.Gateway;

/// <summary>What models cost, and which one the router would choose.</summary>
internal static class UsageEndpoints
{
    private const int MostDimensions = 3;

    public static void MapUsage(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/models").WithTags("Models").RequireAuthorization();
        group.MapGet("/usage", UsageAsync).RequireAuthorization(KeyAuthentication.Administrators);
        group.MapGet("/usage.csv", CsvAsync).RequireAuthorization(KeyAuthentication.Administrators);
        group.MapDelete("/answers", PurgeAsync).RequireAuthorization(KeyAuthentication.Administrators).Audited("answers.forgotten");
        group.MapPost("/route", Route);
    }

    /// <summary>Forgets the answers kept for questions that mean the same: a key's, or everybody's.</summary>
    private static async Task<Ok<PurgedAnswers>> PurgeAsync(string? key, SemanticCache cache, CancellationToken cancellationToken) =>
        TypedResults.Ok(new PurgedAnswers(await cache.PurgeAsync(key, cancellationToken)));

    /// <summary>Explains the router's decision for a call without making it.</summary>
    private static Ok<RouteDecision> Route(RouteHints hints, ModelRouter router) => TypedResults.Ok(router.Decide(
        hints.Question is null ? throw RequestException.BadParameter("question", "'question' is missing: the words that a model would be asked.", "missing_required_parameter") : hints));

    private static async Task<Ok<IReadOnlyList<UsageSum>>> UsageAsync(
        DateOnly? from, DateOnly? to, string? by, UsageReport report, TimeProvider time, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ReadAsync(from, to, by, report, time, cancellationToken));

    private static async Task<ContentHttpResult> CsvAsync(
        DateOnly? from, DateOnly? to, string? by, UsageReport report, TimeProvider time, CancellationToken cancellationToken)
    {
        var sums = await ReadAsync(from, to, by, report, time, cancellationToken);
        var names = Split(by);
        var text = new StringBuilder().AppendJoin(',', names).Append(",calls,failed,inputTokens,outputTokens,cacheReadTokens,cacheWriteTokens,cost,promptCacheSaved,answerCacheSaved\r\n");
        foreach (var sum in sums)
        {
            text.AppendJoin(',', names.Select(name => Csv.Field(sum.Group[name])));
            text.Append(CultureInfo.InvariantCulture, $",{sum.Calls},{sum.Failed},{sum.InputTokens},{sum.OutputTokens},{sum.CacheReadTokens},{sum.CacheWriteTokens},{sum.Cost},{sum.PromptCacheSaved},{sum.AnswerCacheSaved}\r\n");
        }

        return TypedResults.Text(text.ToString(), "text/csv; charset=utf-8");
    }

    /// <summary>The last thirty days by day and model unless asked otherwise; both days are included.</summary>
    private static Task<IReadOnlyList<UsageSum>> ReadAsync(DateOnly? from, DateOnly? to, string? by, UsageReport report, TimeProvider time, CancellationToken cancellationToken)
    {
        var last = Checked(to, "to") ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var first = Checked(from, "from") ?? last.AddDays(-29);
        return report.ReadAsync(Midnight(first), Midnight(last.AddDays(1)), Split(by), cancellationToken);

        static DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
    }

    private static DateOnly? Checked(DateOnly? day, string name) =>
        day is null or { Year: > 1970 and < 9999 } ? day : throw RequestException.BadParameter(name, $"'{name}' is a day such as 2026-11-30.");

    private static string[] Split(string? by)
    {
        var names = (by ?? "day,model").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray();
        return names.Length is > 0 and <= MostDimensions && names.All(UsageReport.Dimensions.Contains)
            ? names
            : throw RequestException.BadParameter("by", $"'by' takes one to {MostDimensions} of {string.Join(", ", UsageReport.Dimensions)}, separated by commas.");
    }
}

/// <summary>What was forgotten.</summary>
/// <param name="Answers">How many answers.</param>
internal sealed record PurgedAnswers(int Answers);
