using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nura.Api;
using Nura.Tests.Api;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Agents;

/// <summary>One of our services as it is, on a real Kestrel at a free port of the loopback address.</summary>
/// <typeparam name="TService">Any public type of the service.</typeparam>
internal sealed class ServiceHost<TService> : WebApplicationFactory<TService>
    where TService : class
{
    private readonly IReadOnlyList<(string Key, string? Value)> _settings;
    private readonly ApiProcess? _process;
    private readonly TimeProvider? _time;

    public ServiceHost(params IReadOnlyList<(string Key, string? Value)> settings)
        : this(null, settings)
    {
    }

    /// <param name="time">In place of the system's clock; not for the API, which may run in a process of its own.</param>
    /// <param name="settings">What is configured.</param>
    public ServiceHost(TimeProvider? time, IReadOnlyList<(string Key, string? Value)> settings)
    {
        (_time, _settings) = (time, settings);

        if (ApiProcess.Api is not null && typeof(TService) == typeof(ApiOptions))
        {
            _process = ApiProcess.Start(settings, Logs);
            Url = _process.ListeningAsync().GetAwaiter().GetResult();
        }
        else
        {
            StartHere();
            Url = ClientOptions.BaseAddress;
        }

        Http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(60) };
    }

    private void StartHere()
    {
        // Without a port: the factory would set it while the service, on its own thread, may already have started.
        UseKestrel();
        StartServer();
    }

    public Uri Url { get; }

    public HttpClient Http { get; }

    public CollectedLogs Logs { get; } = new();

    public TValue Get<TValue>()
        where TValue : notnull => _process is null ? (TValue)Services.GetService(typeof(TValue))!
        // What tests look into besides the answers; its other insides are out of reach there.
        : DatabaseFixture.Pool(_settings.Last(setting => setting.Key == "ConnectionStrings:nura").Value) is TValue pool ? pool
        : throw new InvalidOperationException($"{typeof(TValue).Name} is inside another process.");

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        builder.UseSetting("urls", "http://127.0.0.1:0");
        builder.UseFixturesPool(_settings.LastOrDefault(setting => setting.Key == "ConnectionStrings:nura").Value);
        if (_time is not null)
        {
            builder.ConfigureTestServices(services => services.AddSingleton(_time));
        }

        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Logs));
    }

    public override async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
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
