using System.Net;
using System.Net.Sockets;

namespace Nura.Hosting;

/// <summary>Holds a public port for as long as the application lives and passes connections on to the process behind it.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _listeners = [];
    private readonly int _targetPort;

    private TcpProxy(int targetPort) => _targetPort = targetPort;

    public int Port { get; private set; }

    /// <param name="port">0 for any.</param>
    /// <param name="targetPort">The process's port on this machine.</param>
    /// <exception cref="SocketException">The port is in use.</exception>
    public static TcpProxy Start(int port, int targetPort)
    {
        while (true)
        {
            var proxy = new TcpProxy(targetPort);
            try
            {
                // "localhost" is either address: with only one of them ours, clients could reach somebody else.
                proxy.Port = proxy.Listen(IPAddress.Loopback, port);
                if (Socket.OSSupportsIPv6)
                {
                    proxy.Listen(IPAddress.IPv6Loopback, proxy.Port);
                }

                return proxy;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported && proxy.Port != 0)
            {
                // The machine has no IPv6 loopback.
                return proxy;
            }
            catch (SocketException exception)
            {
                proxy.Close();
                if (port != 0 || exception.SocketErrorCode != SocketError.AddressAlreadyInUse)
                {
                    throw;
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Close();
    }

    private void Close()
    {
        foreach (var listener in _listeners)
        {
            listener.Dispose();
        }
    }

    private int Listen(IPAddress address, int port)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.ExclusiveAddressUse = OperatingSystem.IsWindows();
            listener.Bind(new IPEndPoint(address, port));
            listener.Listen(512);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        _listeners.Add(listener);
        _ = AcceptAsync(listener);
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ForwardAsync(await listener.AcceptAsync(_stop.Token));
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client left before it was accepted.
            }
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        using var target = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await target.ConnectAsync(IPAddress.Loopback, _targetPort, _stop.Token);
                await Task.WhenAll(CopyAsync(client, target), CopyAsync(target, client));
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Either side is gone; closing the other tells it so.
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, _stop.Token)) > 0)
            {
                for (var sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _stop.Token);
                }
            }

            // The other direction may go on: a client that has sent everything still wants its answer.
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            to.Close();
            from.Close();
        }
    }
}
