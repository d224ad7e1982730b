namespace Nura.Models;

/// <summary>Use of models by one group.</summary>
/// <param name="Group">What the sum was kept apart by, with its values; an empty text where a call had none.</param>
/// <param name="Calls">Number of calls, failed ones included.</param>
/// <param name="Failed">Calls that failed or were given up.</param>
/// <param name="InputTokens">Tokens read, cached ones apart.</param>
/// <param name="OutputTokens">Tokens written.</param>
/// <param name="CacheReadTokens">Tokens read from providers' prompt caches.</param>
/// <param name="CacheWriteTokens">Tokens put into providers' prompt caches.</param>
/// <param name="Cost">US dollars.</param>
/// <param name="PromptCacheSaved">US dollars that providers' prompt caches saved; below zero if more was put in than read.</param>
/// <param name="AnswerCacheSaved">US dollars that answers given again from Nura's caches had cost before.</param>
public sealed record UsageSum(
    IReadOnlyDictionary<string, string> Group,
    long Calls,
    long Failed,
    long InputTokens,
    long OutputTokens,
    long CacheReadTokens,
    long CacheWriteTokens,
    decimal Cost,
    decimal PromptCacheSaved,
    decimal AnswerCacheSaved);
