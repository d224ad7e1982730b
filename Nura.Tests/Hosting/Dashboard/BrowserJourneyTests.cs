using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Nura.Tests.Browser;

namespace Nura.Tests.Hosting.Dashboard;

public sealed class BrowserJourneyTests
{
    [BrowserFact(Timeout = 180_000)]
    public async Task Dashboard_InARealBrowser_LeadsFromLoginToATrace()
    {
        var (postgres, database, rag, api) = (new DemoResource("postgres", "Executable"), new DemoResource("cache", "Executable"), new DemoResource("rag"), new DemoResource("api"));
        await using var dashboard = await TestDashboard.StartAsync(builder =>
        {
            builder.AddResource(new ParameterResource("api-key", _ => "canary-api-key", secret: true));
            foreach (var resource in new[] { postgres, database, rag, api })
            {
                builder.AddResource(resource);
            }
        });
        await dashboard.PublishAsync(postgres, snapshot => postgres.Running(snapshot) with
        {
            Urls = [],
            HealthReports = [new("postgres_check", Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy, "Answers on port 5432", null)],
        });
        await dashboard.PublishAsync(database, snapshot => database.Running(snapshot) with { Urls = [], State = KnownResourceStates.FailedToStart });
        await dashboard.PublishAsync(rag, snapshot => rag.Running(
            snapshot, ("ASPNETCORE_ENVIRONMENT", "Development"), ("ConnectionStrings__nura", "Host=localhost;Port=5432;Username=postgres;Password=hunter2hunter2"), ("Nura__Api__Key", "canary-api-key")));
        await dashboard.PublishAsync(api, snapshot => api.Running(snapshot) with
        {
            HealthReports = [new("api_http_/health_200_check", Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy, "Answered 503", null)],
        });
        WriteConsole(dashboard, rag);
        SendTelemetry(dashboard.OtlpUrl);

        var output = await BrowserScript.RunAsync("dashboard.mjs", dashboard.LoginUrl.ToString());

        Assert.Contains("ok a narrow screen", output, StringComparison.Ordinal);
    }

    private static void WriteConsole(TestDashboard dashboard, DemoResource resource)
    {
        var console = dashboard.Consoles.GetLogger(resource);
        console.LogInformation("\u001b[40m\u001b[32minfo\u001b[39m\u001b[22m\u001b[49m: Nura.Rag.Indexing[2001]");
        console.LogInformation("      Indexed 1200 files in 00:00:04");
        console.LogInformation("\u001b[40m\u001b[1m\u001b[33mwarn\u001b[39m\u001b[22m\u001b[49m: Nura.Rag.Indexing[2004]");
        console.LogInformation("      Skipped assets/movie.bin: it is binary");
        console.LogError("Unhandled exception. System.TimeoutException: The operation has timed out.");
    }

    private static void SendTelemetry(Uri otlp)
    {
        using var api = new TelemetrySender(otlp, "api");
        using var rag = new TelemetrySender(otlp, "rag");
        var duration = api.Meter.CreateHistogram<double>("nura.request.duration", "s", "How long requests took");
        for (var round = 0; round < 12; round++)
        {
            using var request = api.Source.StartActivity("POST /v1/chat/completions", ActivityKind.Server)!;
            request.SetTag("http.request.method", "POST").SetTag("http.route", "/v1/chat/completions");
            using (var search = rag.Source.StartActivity("POST /search", ActivityKind.Server)!)
            {
                using var query = rag.Source.StartActivity("select chunks", ActivityKind.Client)!;
                query.SetTag("db.system.name", "postgresql");
                rag.Logger.LogInformation("Indexed {Files} files", 1200);
            }

            using (var model = api.Source.StartActivity("chat offline", ActivityKind.Client)!)
            {
                if (round == 11)
                {
                    model.SetStatus(ActivityStatusCode.Error, "Provider timed out");
                    api.Logger.LogError("Provider did not answer within {Seconds} s", 30);
                }
            }

            duration.Record(0.01 * (round + 1));
        }

        rag.Flush();
        api.Flush();
    }
}
