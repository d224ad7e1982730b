using System.Net;
using System.Net.Sockets;

namespace Nura.Tests.Databases;

/// <summary>
/// A free port for a server that is taken away and brought back. It lies below those that systems hand out (32,768 on Linux, 49,152 elsewhere),
/// so that nobody who asks for any port gets it meanwhile.
/// </summary>
internal static class KeptPort
{
    public static int Choose()
    {
        while (true)
        {
            var port = Random.Shared.Next(15_000, 32_000);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; another one.
            }
        }
    }
}
