using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;

namespace Nura.ServiceDefaults.Discovery;

/// <summary>
/// Resolves service names by the configuration that Aspire's references write:
/// <c>services:{name}:{scheme}:{index}</c>, several indices taken in turn.
/// </summary>
internal sealed class ServiceEndpoints(IConfiguration configuration)
{
    private readonly ConcurrentDictionary<string, StrongBox<int>> _turns = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the address names a service: its scheme offers a choice, or its host is configured, or is a bare word without a port.</summary>
    public bool Names(Uri address) =>
        address.Scheme.Contains('+', StringComparison.Ordinal)
        || configuration.GetSection($"services:{address.Host}").Exists()
        || (address is { IsDefaultPort: true, HostNameType: UriHostNameType.Dns, IsLoopback: false } && !address.Host.Contains('.', StringComparison.Ordinal));

    /// <summary>The address with the service's name replaced by one of its endpoints.</summary>
    /// <param name="address">Such as <c>https+http://rag/search</c>: schemes in order of preference.</param>
    /// <exception cref="InvalidOperationException">No endpoint is configured; the message names the key to set.</exception>
    public Uri Resolve(Uri address)
    {
        foreach (var scheme in address.Scheme.Split('+'))
        {
            var endpoints = configuration.GetSection($"services:{address.Host}:{scheme}").GetChildren()
                .Select(child => child.Value).OfType<string>().Where(value => value.Length > 0).ToArray();
            if (endpoints.Length > 0)
            {
                var turn = (uint)Interlocked.Increment(ref _turns.GetOrAdd($"{scheme}://{address.Host}", _ => new StrongBox<int>(-1)).Value);
                return Combine(new Uri(endpoints[turn % endpoints.Length]), address);
            }
        }

        var wanted = address.Scheme.Split('+')[^1];
        throw new InvalidOperationException(
            $"Service '{address.Host}' has no {address.Scheme.Replace("+", " or ", StringComparison.Ordinal)} endpoint. "
            + $"Reference it in the AppHost, or set 'services:{address.Host}:{wanted}:0' (environment variable services__{address.Host}__{wanted}__0).");
    }

    private static Uri Combine(Uri endpoint, Uri address) =>
        new UriBuilder(endpoint) { Path = endpoint.AbsolutePath.TrimEnd('/') + address.AbsolutePath, Query = address.Query }.Uri;
}
