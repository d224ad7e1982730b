using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Nura.Tests.ServiceDefaults;

/// <summary>SIGTERM on a real process.</summary>
public sealed class DrainTests
{
    [Fact(Timeout = 180_000)]
    public async Task Sigterm_RequestIsRunning_IsFinishedAfterTheListenerIsClosed()
    {
        await using var child = ChildProcess.Start("serve", ("Nura__Drain__PreStop", "00:05:00"), ("Nura__Drain__Timeout", "00:05:00"));
        var url = await child.ListeningAsync();
        using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { BaseAddress = url };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/ready")).StatusCode);
        using var held = await HoldAsync(url);

        child.Terminate();
        HttpResponseMessage ready;
        do
        {
            // Each on a new connection: until the end of the pre-stop time it is accepted. The service's clock stands still.
            ready = await http.GetAsync("/ready");
        }
        while (ready.StatusCode == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("stopping", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/alive")).StatusCode);

        while (await AdvanceAsync(http))
        {
            // Again, because the pre-stop time may begin after the service said that it is stopping.
            await Task.Delay(50);
        }

        await held.GetStream().WriteAsync("done!"u8.ToArray());
        Assert.Contains("finished", await ReadUntilAsync(held, "finished"), StringComparison.Ordinal);
        await child.WaitForExitAsync();
        Assert.Equal(0, child.ExitCode);
    }

    [Fact(Timeout = 180_000)]
    public async Task Sigterm_RequestNeverEnds_IsCutAtTheLimit()
    {
        await using var child = ChildProcess.Start("serve", ("Nura__Drain__Timeout", "00:00:01"));
        using var held = await HoldAsync(await child.ListeningAsync());

        child.Terminate();
        await child.WaitForExitAsync();

        Assert.DoesNotContain("finished", await ReadUntilAsync(held, "finished"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Development", 5)]
    [InlineData("Production", 120)]
    public void Limit_NotConfigured_FollowsTheEnvironment(string environment, int seconds)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.AddServiceDefaults();
        using var host = builder.Build();

        var options = (IOptions<HostOptions>)host.Services.GetService(typeof(IOptions<HostOptions>))!;

        Assert.Equal(TimeSpan.FromSeconds(seconds), options.Value.ShutdownTimeout);
    }

    private static async Task<TcpClient> HoldAsync(Uri url)
    {
        var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /hold HTTP/1.1\r\nHost: {url.Authority}\r\nContent-Length: 5\r\n\r\n"));
        Assert.Contains("running", await ReadUntilAsync(client, "running"), StringComparison.Ordinal);
        return client;
    }

    /// <summary>What arrives until the text is there or the connection ends.</summary>
    private static async Task<string> ReadUntilAsync(TcpClient client, string text)
    {
        var received = new StringBuilder();
        var buffer = new byte[1024];
        try
        {
            while (!received.ToString().Contains(text, StringComparison.Ordinal) && await client.GetStream().ReadAsync(buffer) is > 0 and var count)
            {
                received.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }
        }
        catch (IOException)
        {
            // Reset by the server: the end, too.
        }

        return received.ToString();
    }

    /// <summary>Moves the service's clock on; false when it does not listen any more.</summary>
    private static async Task<bool> AdvanceAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.PostAsync("/advance", null);
            return true;
        }
        catch (HttpRequestException exception)
        {
            // A connection that was accepted may be cut by the stop.
            return exception.HttpRequestError != HttpRequestError.ConnectionError;
        }
    }
}
