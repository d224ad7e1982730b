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
        var names = Groups(by);
        var text = new StringBuilder().AppendJoin(',', names).Append(",calls,failed,inputTokens,outputTokens,cacheReadTokens,cacheWriteTokens,cost,promptCacheSaved,answerCacheSaved\r\n");
        foreach (var sum in sums)
        {
            text.AppendJoin(',', names.Select(name => Csv.Field(sum.Group[name])));
            text.Append(CultureInfo.InvariantCulture, $",{sum.Calls},{sum.Failed},{sum.InputTokens},{sum.OutputTokens},{sum.CacheReadTokens},{sum.CacheWriteTokens},{sum.Cost},{sum.PromptCacheSaved},{sum.AnswerCacheSaved}\r\n");
        }

        return TypedResults.Text(text.ToString(), "text/csv; charset=utf-8");
    }

    private static Task<IReadOnlyList<UsageSum>> ReadAsync(DateOnly? from, DateOnly? to, string? by, UsageReport report, TimeProvider time, CancellationToken cancellationToken)
    {
        var (first, end) = ReportQuery.Time(from, to, time);
        return report.ReadAsync(first, end, Groups(by), cancellationToken);
    }

    private static string[] Groups(string? by) => ReportQuery.Groups(by, UsageReport.Dimensions);
}

/// <summary>What was forgotten.</summary>
/// <param name="Answers">How many answers.</param>
internal sealed record PurgedAnswers(int Answers);
