using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nura.Tests.Fakes;

namespace Nura.Tests.ServiceDefaults;

/// <summary>A real web server with the service defaults, on a free port of the loopback address.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private TestService(WebApplication app, CollectedLogs logs)
    {
        App = app;
        Logs = logs;
        Http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = new Uri(app.Urls.First()) };
    }

    public WebApplication App { get; }

    public CollectedLogs Logs { get; }

    public HttpClient Http { get; }

    public string Url => App.Urls.First();

    public static async Task<TestService> StartAsync(
        Action<WebApplication>? map = null,
        Action<WebApplicationBuilder>? configure = null,
        params (string Key, string? Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var logs = new CollectedLogs();
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.AddServiceDefaults();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.MapDefaultEndpoints();
        map?.Invoke(app);
        await app.StartAsync();
        return new TestService(app, logs);
    }

    public T Get<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();

        // A client has its answer before the request is over on the server's side; only a stop waits for its end.
        await App.StopAsync();
        await App.DisposeAsync();
    }
}
