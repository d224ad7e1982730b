using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Nura.Api.People;

namespace Nura.Api.Keys;

/// <summary>Tells whose a key is: the administrator's from the configuration, or one from the database, remembered for a moment.</summary>
internal sealed class KeyRing(KeyStore store, AccessTokens tokens, IOptions<ApiOptions> options, TimeProvider time)
{
    // Guessing keys must not fill the memory.
    private const int MostRemembered = 10_000;

    private readonly byte[]? _first = options.Value.Key is { Length: > 0 } key ? ApiKey.Hash(key) : null;
    private readonly ConcurrentDictionary<string, (KeyHolder? Holder, long At)> _remembered = new(StringComparer.Ordinal);

    /// <summary>The holder of a request's key or access token, or <see langword="null"/> if it is not valid.</summary>
    /// <exception cref="Errors.RequestException">The access token is valid, but its person has no standing.</exception>
    public ValueTask<KeyHolder?> FindAsync(HttpRequest request, string bearer, CancellationToken cancellationToken) => tokens.Takes(request, bearer)
        ? RememberedAsync($"token {Convert.ToHexString(ApiKey.Hash(bearer))}", () => tokens.FindAsync(bearer, cancellationToken))
        : FindHashAsync(ApiKey.Hash(bearer), cancellationToken);

    /// <summary>The holder of the key with this hash, or <see langword="null"/> if it is not valid.</summary>
    public async ValueTask<KeyHolder?> FindHashAsync(byte[] hash, CancellationToken cancellationToken)
    {
        if (_first is not null && CryptographicOperations.FixedTimeEquals(hash, _first))
        {
            return KeyHolder.First;
        }

        // What the database compares is a hash, whose beginning tells nothing about the key's.
        return await RememberedAsync(Convert.ToHexString(hash), () => store.FindAsync(hash, cancellationToken));
    }

    /// <summary>The holder of the key with this identity, or <see langword="null"/> if it is not valid. For requests that prove to know the key's secret otherwise.</summary>
    public ValueTask<KeyHolder?> FindAsync(Guid id, CancellationToken cancellationToken) => RememberedAsync(id.ToString(), () => store.FindAsync(id, cancellationToken));

    /// <summary>Forgets what is remembered, so that a change holds here at once.</summary>
    public void Forget() => _remembered.Clear();

    private async ValueTask<KeyHolder?> RememberedAsync(string name, Func<Task<KeyView?>> find)
    {
        if (_remembered.TryGetValue(name, out var known) && time.GetElapsedTime(known.At) < options.Value.KeyMemory)
        {
            return known.Holder;
        }

        var found = await find() is { } view ? new KeyHolder(view.Id, view.Owner?.Name ?? view.Name, view.Admin, view.Repositories, view.Team, view.Issuer is not null, view.Owner?.Id) : null;
        if (_remembered.Count >= MostRemembered)
        {
            _remembered.Clear();
        }

        _remembered[name] = (found, time.GetTimestamp());
        return found;
    }
}
