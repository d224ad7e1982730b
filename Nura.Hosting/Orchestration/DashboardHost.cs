using System.Security.Cryptography;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Nura.Hosting.Dashboard;

namespace Nura.Hosting;

/// <summary>The dashboard of this run, unless it is disabled.</summary>
internal sealed class DashboardHost(DistributedApplicationOptions options, IConfiguration configuration, IHostEnvironment environment, IServiceProvider services)
{
    private readonly string _otlpKey = configuration["AppHost:OtlpApiKey"] ?? NewToken();
    private DashboardServer? _server;

    /// <summary>Opens the dashboard without further questions; null when there is none.</summary>
    public Uri? LoginUrl => _server?.LoginUrl;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.DisableDashboard)
        {
            return;
        }

        var anonymous = configuration.GetValue<bool>("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS");
        _server = await DashboardServer.StartAsync(
            new()
            {
                ApplicationName = environment.ApplicationName,
                FrontendUrl = Address("ASPNETCORE_URLS", DashboardOptions.PortKey),
                OtlpUrl = Address("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", DashboardOptions.OtlpPortKey),
                OtlpApiKey = _otlpKey,
                BrowserToken = anonymous ? null : configuration["ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN"] ?? NewToken(),
            },
            services,
            cancellationToken);
        await Terminal.Out.WriteLineAsync($"Login to the dashboard at {LoginUrl}");
    }

    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is { } server)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>The variables that send a project's telemetry here.</summary>
    public IReadOnlyDictionary<string, string> TelemetryFor(IResource resource) =>
        resource is ProjectResource ? TelemetryEnvironment.For(resource.Name, resource.InstanceId, _server?.OtlpUrl, _otlpKey, environment) : [];

    /// <summary>The launch profile sets the addresses; a port of its own key goes before its.</summary>
    private Uri Address(string addressKey, string portKey)
    {
        var address = new UriBuilder(configuration[addressKey]?.Split(';')[0] ?? "http://localhost:0");
        address.Port = configuration.GetValue(portKey, address.Port);
        return address.Uri;
    }

    private static string NewToken() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
