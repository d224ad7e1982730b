namespace Nura.Models;

/// <summary>What the cache knows of a request.</summary>
/// <param name="Answer">An answer given before.</param>
/// <param name="Flight">Otherwise: the answer on its way, to be fetched or followed; <see langword="null"/> if this request is on its own.</param>
/// <param name="Leads">Whether this request is the one that fetches it.</param>
public readonly record struct CacheLookup(CachedAnswer? Answer, AnswerFlight? Flight = null, bool Leads = false);
