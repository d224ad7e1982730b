using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Nura.Agents.Runs;
using Nura.Contracts;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Agents;

/// <summary>What becomes of runs that work when their service is told to stop.</summary>
public sealed class RunDrainTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 170_000;

    private static readonly (string, string?)[] s_drain = [("Nura:Drain:Timeout", "00:02:00")];

    private readonly ManualTime _time = new();
    private readonly TaskCompletionSource _asked = new();
    private readonly TaskCompletionSource _goOn = new();

    [Fact(Timeout = Hang)]
    public async Task Stop_DetachedRunWorks_GoesOnToItsEndWithItsLeaseKept()
    {
        await using var host = await StartAsync();
        var run = await host.Client.StartAsync(AgentsHost.Ask("patience"), CancellationToken.None);
        await _asked.Task;

        var stopped = Stop(host);
        await RefusingAsync(host);
        for (var second = 0; second < 100; second++)
        {
            // The database's answer besides gives the service time to act on its clock.
            Assert.Equal(RunState.Running, (await Store().FindAsync(run.Id, null, CancellationToken.None))?.State);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var lease = await LeaseAsync(run.Id);
        _time.Advance(TimeSpan.FromSeconds(5));
        while (await LeaseAsync(run.Id) == lease)
        {
            // The tick's statement is on its way.
            await Task.Yield();
        }

        _goOn.SetResult();
        await stopped;

        Assert.Equal(RunState.Completed, (await Store().FindAsync(run.Id, null, CancellationToken.None))?.State);
        var log = await WrittenAsync(run.Id);
        Assert.Equal("late but whole", string.Concat(log.OfType<RunToken>().Select(token => token.Text)));
        Assert.Equal(RunState.Completed, Assert.IsType<RunDone>(log[^1]).State);
    }

    /// <summary>With a reader, for whom the web server waits before any other part of the service is told to stop.</summary>
    [Theory(Timeout = Hang)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stop_RunOutlastsTheDrain_IsEndedWhileItsEndCanBeWritten(bool read)
    {
        await using var host = await StartAsync();
        var run = await host.Client.StartAsync(AgentsHost.Ask("a long story"), CancellationToken.None);
        await _asked.Task;
        var begun = new TaskCompletionSource();
        var reading = read ? ReadAsync(host, run.Id, begun) : Task.FromResult<List<RunEvent>>([]);
        await (read ? begun.Task : Task.CompletedTask);

        var stopped = Stop(host);
        _time.Advance(TimeSpan.FromSeconds(109));
        await RefusingAsync(host);
        Assert.Equal(RunState.Running, (await Store().FindAsync(run.Id, null, CancellationToken.None))?.State);
        _time.Advance(TimeSpan.FromSeconds(1));
        await stopped;

        Assert.Equal(RunState.Failed, (await Store().FindAsync(run.Id, null, CancellationToken.None))?.State);
        var log = await WrittenAsync(run.Id);
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, Assert.IsType<RunError>(log[^2]).Status);
        Assert.Equal(RunState.Failed, Assert.IsType<RunDone>(log[^1]).State);
        Assert.Equal(read ? log : [], await reading);
    }

    private async Task<AgentsHost> StartAsync()
    {
        var host = await AgentsHost.StartAsync(database, withModel: true, time: _time, settings: s_drain);
        host.Model.Instead = async (context, _) =>
        {
            _asked.SetResult();
            await _goOn.Task.WaitAsync(context.RequestAborted);
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(FakeOpenAi.StreamOf("late ", "but ", "whole"));
            return true;
        };
        return host;
    }

    /// <summary>Gives the signal to stop, as SIGTERM does.</summary>
    /// <returns>Completes when everything has stopped.</returns>
    private static Task Stop(AgentsHost host)
    {
        var lifetime = host.Service.Get<IHostApplicationLifetime>();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStopped.Register(stopped.SetResult);
        lifetime.StopApplication();
        return stopped.Task;
    }

    /// <summary>Until the web server takes no new connections.</summary>
    private static async Task RefusingAsync(AgentsHost host)
    {
        using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { BaseAddress = host.Service.Url };
        try
        {
            while (true)
            {
                using var answer = await http.GetAsync("/alive");
            }
        }
        catch (HttpRequestException)
        {
            // Refused, or cut by the stop.
        }
    }

    private static async Task<List<RunEvent>> ReadAsync(AgentsHost host, Guid run, TaskCompletionSource begun)
    {
        var events = new List<RunEvent>();
        await foreach (var entry in host.Client.EventsAsync(run, 0, CancellationToken.None))
        {
            events.Add(entry.Event);
            begun.TrySetResult();
        }

        return events;
    }

    // What the stopped service left behind, seen past it.
    private RunStore Store() => new(Pool());

    private async Task<List<RunEvent>> WrittenAsync(Guid run) =>
        [.. (await Store().EntriesAsync(run, 0, 1_000, CancellationToken.None)).Select(entry => JsonSerializer.Deserialize(entry.Data, ContractsJson.TypeInfo<RunEvent>())!)];

    private async Task<DateTime> LeaseAsync(Guid run)
    {
        await using var command = Pool().CreateCommand("select lease_until from agents.runs where id = $1");
        command.Parameters.Add(new() { Value = run });
        return (DateTime)(await command.ExecuteScalarAsync())!;
    }

    private NpgsqlDataSource Pool() => DatabaseFixture.Pool(database.GetAsync().GetAwaiter().GetResult())!;
}
