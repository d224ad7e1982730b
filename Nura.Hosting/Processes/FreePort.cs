using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Nura.Hosting;

/// <summary>
/// A port for a process that will listen on it later. It lies below the ports that systems hand out by themselves (from 32,768 on Linux, 49,152
/// elsewhere): between the choice and the listening, a connection that somebody opens would otherwise get it as its own end.
/// </summary>
internal static class FreePort
{
    private const int First = 15_000;
    private const int End = 32_000;

    private static readonly ConcurrentDictionary<int, byte> s_given = [];

    /// <summary>A port that nobody listens on now, on either loopback address, and that this process has not given away.</summary>
    public static int Choose()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            if (IsFree(port) && s_given.TryAdd(port, 0))
            {
                return port;
            }
        }
    }

    /// <summary>Whether nobody listens on a port now, on either loopback address: "localhost" is both.</summary>
    public static bool IsFree(int port) => IsFree(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || IsFree(IPAddress.IPv6Loopback, port));

    private static bool IsFree(IPAddress address, int port)
    {
        using var probe = new TcpListener(address, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            // The machine has no such loopback.
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
