using System.Globalization;
using System.Security.Claims;
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
        group.MapGet("/usage", UsageAsync);
        group.MapGet("/usage.csv", CsvAsync);
        group.MapGet("/budgets", BudgetsAsync);
        group.MapDelete("/answers", PurgeAsync).RequireAuthorization(KeyAuthentication.Administrators).Audited("answers.forgotten");
        group.MapPost("/route", Route);
    }

    /// <summary>Forgets the answers kept for questions that mean the same: a key's, or everybody's.</summary>
    private static async Task<Ok<PurgedAnswers>> PurgeAsync(string? key, SemanticCache cache, HttpContext http, CancellationToken cancellationToken)
    {
        http.Tell(new AuditSubject(key, Detail: key is null ? "everybody's" : null));
        return TypedResults.Ok(new PurgedAnswers(await cache.PurgeAsync(key, cancellationToken)));
    }

    /// <summary>Explains the router's decision for a call without making it.</summary>
    private static Ok<RouteDecision> Route(RouteHints hints, ModelRouter router) => TypedResults.Ok(router.Decide(
        hints.Question is null ? throw RequestException.BadParameter("question", "'question' is missing: the words that a model would be asked.", "missing_required_parameter") : hints));

    private static async Task<Ok<IReadOnlyList<UsageSum>>> UsageAsync(
        DateOnly? from, DateOnly? to, string? by, ClaimsPrincipal user, UsageReport report, KeyStore keys, TimeProvider time, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ReadAsync(from, to, by, user, report, keys, time, cancellationToken));

    /// <summary>All budgets for administrators, for others those that count their calls.</summary>
    private static Task<IReadOnlyList<BudgetStatus>> BudgetsAsync(ClaimsPrincipal user, BudgetReport report, CancellationToken cancellationToken) =>
        report.ReadAsync(user is KeyPrincipal { Holder.Admin: false } caller ? caller.Caller : null, cancellationToken);

    private static async Task<ContentHttpResult> CsvAsync(
        DateOnly? from, DateOnly? to, string? by, ClaimsPrincipal user, UsageReport report, KeyStore keys, TimeProvider time, CancellationToken cancellationToken)
    {
        var sums = await ReadAsync(from, to, by, user, report, keys, time, cancellationToken);
        var names = Groups(by);
        var text = new StringBuilder().AppendJoin(',', names).Append(",calls,failed,inputTokens,outputTokens,cacheReadTokens,cacheWriteTokens,cost,promptCacheSaved,answerCacheSaved\r\n");
        foreach (var sum in sums)
        {
            text.AppendJoin(',', names.Select(name => Csv.Field(sum.Group[name])));
            text.Append(CultureInfo.InvariantCulture, $",{sum.Calls},{sum.Failed},{sum.InputTokens},{sum.OutputTokens},{sum.CacheReadTokens},{sum.CacheWriteTokens},{sum.Cost},{sum.PromptCacheSaved},{sum.AnswerCacheSaved}\r\n");
        }

        return TypedResults.Text(text.ToString(), "text/csv; charset=utf-8");
    }

    /// <summary>Everybody's for administrators; for others that of their key, or of the person with all their own.</summary>
    private static async Task<IReadOnlyList<UsageSum>> ReadAsync(
        DateOnly? from, DateOnly? to, string? by, ClaimsPrincipal user, UsageReport report, KeyStore keys, TimeProvider time, CancellationToken cancellationToken)
    {
        var (first, end) = ReportQuery.Time(from, to, time);
        var holder = ((KeyPrincipal)user).Holder;
        var own = holder.Person ? await keys.ListAsync(holder.Id, cancellationToken) : [];
        return await report.ReadAsync(first, end, Groups(by), holder.Admin ? null : [holder.Id.ToString(), .. own.Select(key => key.Id.ToString())], cancellationToken);
    }

    private static string[] Groups(string? by) => ReportQuery.Groups(by, UsageReport.Dimensions);
}

/// <summary>What was forgotten.</summary>
/// <param name="Answers">How many answers.</param>
internal sealed record PurgedAnswers(int Answers);
