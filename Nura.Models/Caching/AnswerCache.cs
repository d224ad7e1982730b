using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Gives an answer again to the very same request. In this process, bounded by bytes; behind it in Redis, if the service has it.</summary>
/// <remarks>The caller's key is part of the request's identity: nobody gets what was answered to somebody else.</remarks>
public sealed class AnswerCache : IDisposable
{
    private const int LargestAnswer = 1024 * 1024;

    private readonly CacheOptions _options;
    private readonly MemoryCache _near;
    private readonly IDistributedCache? _far;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<CachedAnswer?>> _underWay = new(StringComparer.Ordinal);

    internal AnswerCache(IOptions<ModelsOptions> options, IServiceProvider services)
    {
        _options = options.Value.Cache;
        _near = new MemoryCache(new MemoryCacheOptions { SizeLimit = _options.Megabytes * 1024L * 1024L });
        _far = services.GetService<IDistributedCache>();
    }

    /// <summary>Whether answers are kept at all.</summary>
    public bool IsOn => _options.Seconds > 0;

    /// <summary>The identity of a request.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="model">The model that is to answer.</param>
    /// <param name="operation">What it is asked for.</param>
    /// <param name="body">The request's bytes.</param>
    public static string KeyOf(Caller caller, ModelInfo model, string operation, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{caller.Key}\n{model.Id}\n{operation}\n"));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>An answer given before, if there is one. Of several who ask for the same whole answer at once, one goes on and the others wait for what it brings.</summary>
    /// <param name="key">The request's identity.</param>
    /// <param name="share">Whether to wait for another's answer; not for streams, whose first piece would come late.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The answer; without one, the caller must fetch it and end with <see cref="PutAsync"/> or <see cref="Release"/>.</returns>
    public async ValueTask<CachedAnswer?> FindAsync(string key, bool share, CancellationToken cancellationToken)
    {
        if (_near.TryGetValue(key, out CachedAnswer? near))
        {
            return near;
        }

        if (_far is not null && await _far.GetAsync(Name(key), cancellationToken) is { } bytes && Unpack(bytes) is { } far)
        {
            Keep(key, far);
            return far;
        }

        if (!share)
        {
            return null;
        }

        var mine = new TaskCompletionSource<CachedAnswer?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = _underWay.GetOrAdd(key, mine);
        return first == mine ? null : await first.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Keeps an answer and gives it to those who wait.</summary>
    /// <param name="key">The request's identity.</param>
    /// <param name="answer">The answer; its bytes are copied.</param>
    /// <param name="cancellationToken">Stops writing to Redis.</param>
    public async ValueTask PutAsync(string key, CachedAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.Body.Length > LargestAnswer)
        {
            Release(key);
            return;
        }

        var kept = answer with { Body = answer.Body.ToArray() };
        Keep(key, kept);
        if (_underWay.TryRemove(key, out var waiting))
        {
            waiting.TrySetResult(kept);
        }

        if (_far is not null)
        {
            await _far.SetAsync(Name(key), Pack(kept), new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(_options.Seconds) }, cancellationToken);
        }
    }

    /// <summary>There is no answer to keep: those who wait fetch their own.</summary>
    /// <param name="key">The request's identity.</param>
    public void Release(string key)
    {
        if (_underWay.TryRemove(key, out var waiting))
        {
            waiting.TrySetResult(null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _near.Dispose();

    private void Keep(string key, CachedAnswer answer) => _near.Set(key, answer, new MemoryCacheEntryOptions
    {
        AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(_options.Seconds),
        Size = answer.Body.Length + 500,
    });

    private static string Name(string key) => $"nura:answer:{key}";

    private static byte[] Pack(CachedAnswer answer) => [.. JsonSerializer.SerializeToUtf8Bytes<string[]>([answer.Model, answer.ContentType]), (byte)'\n', .. answer.Body.Span];

    private static CachedAnswer? Unpack(byte[] bytes)
    {
        var end = Array.IndexOf(bytes, (byte)'\n');
        try
        {
            return end > 0 && JsonSerializer.Deserialize<string[]>(bytes.AsSpan(0, end)) is [var model, var type] ? new CachedAnswer(model, type, bytes.AsMemory(end + 1)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
