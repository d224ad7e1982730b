using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Nura.Agents.Runs;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Agents;

/// <summary>What runs leave in the metrics.</summary>
public sealed class RunMetricsTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    [Fact(Timeout = Hang)]
    public async Task Run_Answers_IsCountedAndTimedWithItsCitations()
    {
        await using var host = await AgentsHost.StartAsync(database, withModel: true);
        using var metrics = new CollectedMetrics(host.Service.Get<IMeterFactory>());
        host.Rag.Add("real.cs", "one", "two");
        host.Rag.Hits = [];
        host.Model.Instead = async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(FakeOpenAi.StreamOf("[shop@0123456789ab:real.cs#L1-L2] [shop@0123456789ab:real.cs#L1-L1] [shop@0123456789ab:invented.cs#L1-L2]"));
            return true;
        };

        await host.RunAsync(AgentsHost.Ask("What is real?"));

        Assert.Equal(
            [
                ("nura.agents.citations {citation} outcome=removed", 1), ("nura.agents.citations {citation} outcome=verified", 2),
                ("nura.agents.run.duration s outcome=completed", 1), ("nura.agents.runs {run} outcome=completed", 1),
            ],
            All(metrics));

        // Its values are those of all hosts in this process.
        var text = await host.Service.Http.GetStringAsync("/metrics");
        Assert.Contains("# TYPE nura_agents_runs_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("\nnura_agents_runs_total{outcome=\"completed\"} ", text, StringComparison.Ordinal);
        Assert.Contains("\nnura_agents_run_duration_seconds_bucket{outcome=\"completed\",le=\"256\"} ", text, StringComparison.Ordinal);
        Assert.Contains("\nnura_agents_citations_total{outcome=\"removed\"} ", text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Run_Fails_IsCountedWithTheStatusOfItsError()
    {
        await using var host = await AgentsHost.StartAsync(database, settings: ("Nura:Resilience:Retries", "0"));
        using var metrics = new CollectedMetrics(host.Service.Get<IMeterFactory>());
        host.Rag.Instead = http =>
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.FromResult(true);
        };

        await host.RunAsync(AgentsHost.Ask("anything"));

        Assert.Equal(
            [
                ("nura.agents.citations {citation} outcome=removed", 0), ("nura.agents.citations {citation} outcome=verified", 0),
                ("nura.agents.run.duration s outcome=failed error.type=503", 1), ("nura.agents.runs {run} outcome=failed error.type=503", 1),
            ],
            All(metrics));
    }

    [Fact(Timeout = Hang)]
    public async Task Run_ItsProcessDied_IsCountedByWhoEndsIt()
    {
        await using var host = await AgentsHost.StartAsync(database);
        using var metrics = new CollectedMetrics(host.Service.Get<IMeterFactory>());
        await host.Service.Get<RunStore>().InsertAsync(Guid.CreateVersion7(), "nura", null, Guid.NewGuid(), TimeSpan.FromSeconds(-1), CancellationToken.None);

        await host.Service.Get<RunService>().FailAbandonedAsync(CancellationToken.None);
        await metrics.WhenSeen("nura.agents.runs {run} outcome=failed error.type=503");

        Assert.Equal([("nura.agents.runs {run} outcome=failed error.type=503", 1)], All(metrics));
    }

    // Models have metrics of their own.
    private static IEnumerable<(string, double)> All(CollectedMetrics metrics) => metrics.Read()
        .Where(entry => entry.Key.StartsWith("nura.agents.", StringComparison.Ordinal)).OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value));
}
