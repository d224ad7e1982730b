using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Nura.Hosting.Dashboard;

namespace Nura.Tests.Hosting.Dashboard;

/// <summary>A dashboard on free ports over an application that is described, not started: tests set the states.</summary>
internal sealed class TestDashboard : IAsyncDisposable
{
    public const string BrowserToken = "0123456789abcdef0123456789abcdef";
    public const string OtlpKey = "otlp-key-of-the-test";

    private readonly DistributedApplication _app;
    private readonly DashboardServer _server;
    private readonly CookieContainer _cookies = new();

    private TestDashboard(DistributedApplication app, DashboardServer server)
    {
        _app = app;
        _server = server;
        Client = NewClient(_cookies);
        Otlp = NewClient(new CookieContainer());
        Otlp.BaseAddress = server.OtlpUrl;
        Otlp.DefaultRequestHeaders.Add("x-otlp-api-key", OtlpKey);
    }

    /// <summary>Does not follow redirects; keeps cookies.</summary>
    public HttpClient Client { get; }

    public HttpClient Otlp { get; }

    public Uri LoginUrl => _server.LoginUrl;

    public Uri OtlpUrl => _server.OtlpUrl;

    public ResourceNotificationService Notifications => _app.Services.GetRequiredService<ResourceNotificationService>();

    public ResourceLoggerService Consoles => _app.Services.GetRequiredService<ResourceLoggerService>();

    public static async Task<TestDashboard> StartAsync(Action<IDistributedApplicationBuilder>? describe = null, string? browserToken = BrowserToken)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = [], DisableDashboard = true });
        describe?.Invoke(builder);
        var app = builder.Build();
        var options = new DashboardOptions
        {
            ApplicationName = "Nura.AppHost",
            FrontendUrl = new Uri("http://localhost:0"),
            OtlpUrl = new Uri("http://localhost:0"),
            OtlpApiKey = OtlpKey,
            BrowserToken = browserToken,
        };
        return new TestDashboard(app, await DashboardServer.StartAsync(options, app.Services, CancellationToken.None));
    }

    public Task LogInAsync() => Client.GetAsync(LoginUrl);

    public async Task<string> PageAsync(string path)
    {
        using var answer = await Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Reads a page again at every change until it shows a text.</summary>
    public async Task<string> PageShowingAsync(string path, string text)
    {
        using var changes = new StreamReader(await Client.GetStreamAsync("/changes"));
        while (true)
        {
            var page = await PageAsync(path);
            if (page.Contains(text, StringComparison.Ordinal))
            {
                return page;
            }

            Assert.NotNull(await changes.ReadLineAsync());
        }
    }

    public Task PublishAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> change) =>
        Notifications.PublishUpdateAsync(resource, change);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Otlp.Dispose();
        await _server.DisposeAsync();
        await _app.DisposeAsync();
    }

    private HttpClient NewClient(CookieContainer cookies) =>
        new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = _server.Url };
}
