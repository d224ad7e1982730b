using System.Net;

namespace Nura.Rag.Repositories;

/// <summary>Looks up the addresses of a host name.</summary>
/// <param name="host">A name, no address.</param>
/// <param name="cancellationToken">Stops the look-up.</param>
internal delegate Task<IPAddress[]> HostLookup(string host, CancellationToken cancellationToken);
