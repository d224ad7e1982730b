using Microsoft.AspNetCore.Http;
using Nura.Contracts;
using Nura.Tests.Databases;

namespace Nura.Tests.Agents;

/// <summary>How many runs may work at a time, when none of them comes to an end by itself.</summary>
public sealed class RunPlacesTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    [Fact(Timeout = Hang)]
    public async Task Start_ManyAtOnce_NoMoreWorkThanMay()
    {
        await using var host = await StartAsync(("Nura:Agents:MaxRuns", "1"));

        var starts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => StartAsync(host.Client)));

        var run = Assert.Single(starts.OfType<RunView>());
        await MakesRoomAsync(host, run, host.Client);
    }

    [Fact(Timeout = Hang)]
    public async Task Start_OneKeyHasItsShare_OthersStillFindAPlace()
    {
        await using var host = await StartAsync(("Nura:Agents:MaxRunsPerKey", "1"));
        var (one, other) = (ClientOf(Guid.NewGuid()), ClientOf(Guid.NewGuid()));

        var run = await one.StartAsync(AgentsHost.Ask("a long story"), CancellationToken.None);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => one.StartAsync(AgentsHost.Ask("another"), CancellationToken.None));
        var others = await other.StartAsync(AgentsHost.Ask("a story"), CancellationToken.None);

        Assert.Equal((429, "Too many runs of this key work at this moment."), (refused.Status, refused.Title));
        Assert.Contains("Nura:Agents:MaxRunsPerKey", refused.Detail, StringComparison.Ordinal);
        await MakesRoomAsync(host, run, one);
        await host.Client.StopAsync(others.Id, CancellationToken.None);

        AgentsClient ClientOf(Guid key) => host.Client.For(new CallerScope(key, Administrator: false, null));
    }

    private async Task<AgentsHost> StartAsync((string Key, string? Value) limit)
    {
        var host = await AgentsHost.StartAsync(database, withModel: true, settings: limit);
        host.Model.Instead = async (context, _) =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };
        return host;
    }

    /// <summary>Starts a run, if there is a place.</summary>
    private static async Task<RunView?> StartAsync(AgentsClient client)
    {
        try
        {
            return await client.StartAsync(AgentsHost.Ask("a long story"), CancellationToken.None);
        }
        catch (ProblemException problem) when (problem.Status == StatusCodes.Status429TooManyRequests)
        {
            return null;
        }
    }

    /// <summary>Whoever ends makes room for the next.</summary>
    private static async Task MakesRoomAsync(AgentsHost host, RunView ending, AgentsClient client)
    {
        await host.Client.StopAsync(ending.Id, CancellationToken.None);
        RunView? next;
        while ((next = await StartAsync(client)) is null)
        {
            await Task.Yield();
        }

        await host.Client.StopAsync(next.Id, CancellationToken.None);
    }
}
