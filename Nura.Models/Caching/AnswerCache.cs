using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Gives an answer again to the very same request. In this process, bounded by bytes; behind it in Redis, if the service has it.</summary>
/// <remarks>The caller's key is part of the request's identity: nobody gets what was answered to somebody else.</remarks>
public sealed class AnswerCache
{
    private readonly CacheOptions _options;
    private readonly NearAnswers _near;
    private readonly IDistributedCache? _far;
    private readonly ConcurrentDictionary<AnswerKey, AnswerFlight> _underWay = new();

    internal AnswerCache(IOptions<ModelsOptions> options, IServiceProvider services, TimeProvider time)
    {
        _options = options.Value.Cache;
        _near = new NearAnswers(_options.Megabytes * 1024 * 1024, TimeSpan.FromSeconds(_options.Seconds), time);
        // A shared cache that lives in this process would keep every answer twice.
        _far = services.GetService<IDistributedCache>() is { } far and not MemoryDistributedCache ? far : null;
    }

    /// <summary>Whether answers are kept at all.</summary>
    public bool IsOn => _options.Seconds > 0;

    /// <summary>Whether answers go any further than this process.</summary>
    public bool IsShared => _far is not null;

    /// <summary>An answer given before, or the one on its way: of several who ask for the same at once one fetches it and the others follow.</summary>
    /// <param name="key">The request's identity.</param>
    /// <param name="cancellationToken">Stops asking Redis.</param>
    /// <returns>Who leads must call <see cref="End"/>, who follows <see cref="AnswerFlight.Leave()"/>.</returns>
    public async ValueTask<CacheLookup> FindAsync(AnswerKey key, CancellationToken cancellationToken)
    {
        var kept = _near.Kept;
        if (_near.Find(key) is { } near)
        {
            return new CacheLookup(near);
        }

        if (_far is not null && await _far.GetAsync(Name(key), cancellationToken) is { } bytes && Unpack(bytes) is { } far)
        {
            _near.Keep(key, far);
            return new CacheLookup(far);
        }

        var mine = new AnswerFlight();
        var flight = _underWay.GetOrAdd(key, mine);
        if (flight == mine)
        {
            if (_near.Kept == kept || _near.Find(key) is not { } late)
            {
                return new CacheLookup(null, mine, Leads: true);
            }

            // Kept since the first look. Whoever has joined this flight meanwhile gets it as well.
            mine.Append(late.Body.Span);
            mine.Begin(late.Model, late.ContentType, late.Headers, late.Cost);
            End(key, mine, keep: true, late.Cost);
            return new CacheLookup(late);
        }

        mine.Dispose();
        return new CacheLookup(null, flight.TryJoin() ? flight : null);
    }

    /// <summary>An answer has come or failed; a second end is ignored.</summary>
    /// <param name="key">The request's identity.</param>
    /// <param name="flight">The answer.</param>
    /// <param name="keep">Whether it is whole and good.</param>
    /// <param name="cost">US dollars; <see langword="null"/> if unknown.</param>
    /// <returns>The answer, if it was kept.</returns>
    public CachedAnswer? End(AnswerKey key, AnswerFlight flight, bool keep, decimal? cost = null)
    {
        var answer = flight.End(keep, cost);
        if (answer is { } kept)
        {
            _near.Keep(key, kept);
        }

        _underWay.TryRemove(KeyValuePair.Create(key, flight));
        flight.Dispose();
        return answer;
    }

    /// <summary>Puts an answer into Redis, if the service has it.</summary>
    /// <param name="key">The request's identity.</param>
    /// <param name="answer">What <see cref="End"/> returned.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task ShareAsync(AnswerKey key, CachedAnswer answer, CancellationToken cancellationToken) => _far is null ? Task.CompletedTask
        : _far.SetAsync(Name(key), Pack(answer), new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(_options.Seconds) }, cancellationToken);

    private static string Name(AnswerKey key) => $"nura:answer:{key}";

    private static byte[] Pack(CachedAnswer answer) =>
        [.. JsonSerializer.SerializeToUtf8Bytes([answer.Model, answer.ContentType, answer.Cost?.ToString(CultureInfo.InvariantCulture) ?? "", .. answer.Headers?.SelectMany(header => (string[])[header.Key, header.Value]) ?? []], ModelsJsonContext.Default.StringArray), (byte)'\n', .. answer.Body.Span];

    private static CachedAnswer? Unpack(byte[] bytes)
    {
        var end = Array.IndexOf(bytes, (byte)'\n');
        try
        {
            return end > 0 && JsonSerializer.Deserialize(bytes.AsSpan(0, end), ModelsJsonContext.Default.StringArray) is [var model, var type, var cost, .. var headers]
                ? new CachedAnswer(
                    model,
                    type,
                    bytes.AsMemory(end + 1),
                    [.. headers.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], pair[^1]))],
                    decimal.TryParse(cost, CultureInfo.InvariantCulture, out var dollars) ? dollars : null)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
