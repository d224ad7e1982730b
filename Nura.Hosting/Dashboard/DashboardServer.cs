using System.Net;
using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nura.Hosting.Dashboard.Access;
using Nura.Hosting.Dashboard.Otlp;
using Nura.Hosting.Dashboard.Pages;
using Nura.Hosting.Dashboard.Resources;
using Nura.Hosting.Dashboard.Telemetry;

namespace Nura.Hosting.Dashboard;

/// <summary>
/// The local dashboard inside the AppHost's process: pages about the resources on one port, a receiver for their
/// telemetry on another. Only this machine reaches either.
/// </summary>
internal sealed partial class DashboardServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly DashboardOptions _options;
    private readonly ILogger _logger;
    private readonly WebApplication _pages;
    private readonly WebApplication _receiver;
    private Task _feeding = Task.CompletedTask;

    private DashboardServer(DashboardOptions options, IServiceProvider appHost)
    {
        // "Nura.AppHost" is how the project is called, "Nura" what people call the application.
        const string Suffix = ".AppHost";
        var name = options.ApplicationName;
        _options = options = options with { ApplicationName = name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name };
        _logger = appHost.GetRequiredService<ILogger<DashboardServer>>();
        var model = appHost.GetRequiredService<DistributedApplicationModel>();
        var telemetry = new TelemetryStore();
        var mask = new SecretMask(model.Resources, [options.OtlpApiKey, options.BrowserToken ?? ""]);
        Feed = new ResourceFeed(appHost.GetRequiredService<ResourceNotificationService>(), model, mask, telemetry.Changed);

        _receiver = Build(options.OtlpUrl, "OTLP receiver", OtlpEndpoints.MaximumRequest);
        _receiver.UseRequestDecompression();
        _receiver.MapOtlp(telemetry, new OtlpReader(mask), options.OtlpApiKey);

        // No page takes more than a small form.
        _pages = Build(options.FrontendUrl, "dashboard", maximumRequest: 64 * 1024);
        var gate = new Gate(options.BrowserToken);
        _pages.UseExceptionHandler(failed => failed.Run(context => PageEndpoints.WriteFailureAsync(context, options.ApplicationName, LogPageFailed)));
        _pages.UseHostFiltering();
        _pages.UseGate(gate);
        _pages.UseRouting();
        _pages.MapAssets();
        _pages.MapLogin(gate, options.ApplicationName);
        new PageEndpoints(options.ApplicationName, Feed, telemetry, gate, appHost.GetRequiredService<TimeProvider>()).Map(_pages);
        new CommandEndpoints(Feed, gate, appHost.GetRequiredService<ResourceCommandService>()).Map(_pages);
        new StreamEndpoints(Feed, telemetry.Changed, mask, appHost.GetRequiredService<ResourceLoggerService>(), _stopping.Token).Map(_pages);
    }

    /// <summary>Address of the pages.</summary>
    public Uri Url => Address(_pages, _options.FrontendUrl);

    /// <summary>Address that the services send telemetry to: the value of <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    public Uri OtlpUrl => Address(_receiver, _options.OtlpUrl);

    /// <summary>Opens the dashboard without further questions.</summary>
    public Uri LoginUrl => _options.BrowserToken is { } token ? new Uri(Url, $"/login?t={Uri.EscapeDataString(token)}") : Url;

    private ResourceFeed Feed { get; }

    /// <summary>Starts listening.</summary>
    /// <param name="options">Where, and who may look.</param>
    /// <param name="appHost">The services of the AppHost, whose resources are shown.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="StartFailedException">A port is in use; the message says which.</exception>
    public static async Task<DashboardServer> StartAsync(DashboardOptions options, IServiceProvider appHost, CancellationToken cancellationToken)
    {
        var server = new DashboardServer(options, appHost);
        try
        {
            await StartAsync(server._receiver, options.OtlpUrl, "the dashboard's telemetry receiver", DashboardOptions.OtlpPortKey, cancellationToken);
            await StartAsync(server._pages, options.FrontendUrl, "the dashboard", DashboardOptions.PortKey, cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        server._feeding = server.FeedAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        // Open streams of browsers would otherwise hold the stop up.
        await _stopping.CancelAsync();
        await _feeding;
        await _pages.DisposeAsync();
        await _receiver.DisposeAsync();
        _stopping.Dispose();
    }

    private static WebApplication Build(Uri url, string name, long maximumRequest)
    {
        // An empty builder: the settings and the addresses of the AppHost's own environment are not meant for these servers.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = name });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = maximumRequest;
            if (url.Port == 0)
            {
                kestrel.Listen(IPAddress.Loopback, 0);
            }
            else
            {
                kestrel.ListenLocalhost(url.Port, listen =>
                {
                    if (url.Scheme == Uri.UriSchemeHttps)
                    {
                        listen.UseHttps();
                    }
                });
            }
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddRequestDecompression();
        // Another site's name that resolves to this machine must not reach the pages (DNS rebinding).
        builder.Services.AddHostFiltering(hosts => hosts.AllowedHosts = ["localhost", "*.localhost", "127.0.0.1", "[::1]"]);
        return builder.Build();
    }

    private static async Task StartAsync(WebApplication app, Uri url, string name, string key, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new StartFailedException(PortHolder.Describe(url.Port, name, key));
        }
    }

    private static Uri Address(WebApplication app, Uri wanted)
    {
        var bound = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        return new UriBuilder(wanted.Scheme, "localhost", bound.Port).Uri;
    }

    private async Task FeedAsync()
    {
        try
        {
            await Feed.RunAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The end of the AppHost.
        }
    }

    [LoggerMessage(6101, LogLevel.Error, "The dashboard page {Path} failed")]
    private partial void LogPageFailed(Exception exception, string path);
}
