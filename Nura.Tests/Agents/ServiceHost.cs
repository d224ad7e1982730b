using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Agents;

/// <summary>One of our services as it is, on a real Kestrel at a free port of the loopback address.</summary>
/// <typeparam name="TService">Any public type of the service.</typeparam>
internal sealed class ServiceHost<TService> : WebApplicationFactory<TService>
    where TService : class
{
    private readonly IReadOnlyList<(string Key, string? Value)> _settings;

    public ServiceHost(params IReadOnlyList<(string Key, string? Value)> settings)
    {
        _settings = settings;

        // Without a port: the factory would set it while the service, on its own thread, may already have started.
        UseKestrel();
        StartServer();
        Url = ClientOptions.BaseAddress;
        Http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(60) };
    }

    public Uri Url { get; }

    public HttpClient Http { get; }

    public CollectedLogs Logs { get; } = new();

    public TValue Get<TValue>()
        where TValue : notnull => (TValue)Services.GetService(typeof(TValue))!;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        builder.UseSetting("urls", "http://127.0.0.1:0");
        builder.UseFixturesPool(_settings.LastOrDefault(setting => setting.Key == "ConnectionStrings:nura").Value);
        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Logs));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Http.Dispose();
        }

        base.Dispose(disposing);
    }
}
