using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Nura.Hosting;

namespace Nura.Tests.Hosting.Dashboard;

public sealed class DashboardPortTests
{
    [Theory(Timeout = 180_000)]
    [InlineData("dashboard")]
    [InlineData("telemetry")]
    public async Task Start_PortInUse_NamesPortAndKey(string name)
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        var data = Directory.CreateTempSubdirectory("nura-port-");
        // The launch profile sets the first two in the environment.
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = ["--ASPNETCORE_URLS=http://localhost:0", "--ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://localhost:0", $"--Nura:DataDirectory={data.FullName}", $"--Nura:Ports:{name}={port}"],
        });

        await using (var app = builder.Build())
        {
            var failure = await Assert.ThrowsAsync<StartFailedException>(() => app.StartAsync());

            Assert.StartsWith($"Port {port} for the dashboard", failure.Message, StringComparison.Ordinal);
            Assert.Contains($"'Nura:Ports:{name}'", failure.Message, StringComparison.Ordinal);
        }

        data.Delete(recursive: true);
    }
}
