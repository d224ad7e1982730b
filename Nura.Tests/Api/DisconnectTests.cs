using System.Net;
using Microsoft.AspNetCore.Http;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Api;

public sealed class DisconnectTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    [Theory(Timeout = Hang)]
    [InlineData("mock", true)]
    [InlineData("mock", false)]
    [InlineData("nura", true)]
    [InlineData("nura", false)]
    public async Task Client_GoesAway_TheModelIsCancelled(string model, bool afterFirstToken)
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        var (asked, cancelled) = Hold(host, afterFirstToken);
        using var leave = new CancellationTokenSource();
        var body = $$"""{"model":"{{model}}","stream":true,"messages":[{"role":"user","content":"a long story"}]}""";

        var response = host.ChatAsync(body, leave.Token);
        await asked;
        if (afterFirstToken)
        {
            using var reader = new StreamReader(await (await response).Content.ReadAsStreamAsync(CancellationToken.None));
            await reader.ReadLineAsync(CancellationToken.None);
        }

        await leave.CancelAsync();
        await ((Task)response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        await cancelled;
    }

    [Fact(Timeout = Hang)]
    public async Task Watcher_OfARunGoesAway_TheRunGoesOn()
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        var (asked, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Agents.Model.Instead = async (context, _) =>
        {
            asked.SetResult();
            await goOn.Task;
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(FakeOpenAi.StreamOf("late"));
            return true;
        };
        using var started = await host.PostAsync("/api/runs", """{"agent":"nura","messages":[{"role":"user","content":"x"}]}""");
        var events = started.Headers.Location + "/events";
        using (var first = await host.Http.GetAsync(events, HttpCompletionOption.ResponseHeadersRead))
        {
            await asked.Task;
        }

        goOn.SetResult();
        var log = await host.Http.GetStringAsync(events);

        Assert.Contains("late", log, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"completed\"", log, StringComparison.Ordinal);
        using var resumed = new HttpRequestMessage(HttpMethod.Get, events) { Headers = { { "Last-Event-ID", "1" } } };
        using var rest = await host.Http.SendAsync(resumed);
        Assert.Equal(log[log.IndexOf("id: 2\n", StringComparison.Ordinal)..], await rest.Content.ReadAsStringAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task Watcher_ThatHasReadTheEnd_IsToldNotToComeAgain()
    {
        await using var host = await ApiHost.StartAsync(database);
        using var started = await host.PostAsync("/api/runs", """{"agent":"nura","messages":[{"role":"user","content":"x"}]}""");
        var events = started.Headers.Location + "/events";
        var log = await host.Http.GetStringAsync(events);
        var last = log.Split('\n').Last(line => line.StartsWith("id: ", StringComparison.Ordinal))["id: ".Length..];

        // What a browser's EventSource does once the stream ends.
        using var again = new HttpRequestMessage(HttpMethod.Get, events) { Headers = { { "Last-Event-ID", last } } };
        using var rest = await host.Http.SendAsync(again);

        Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);
    }

    private static (Task Asked, Task Cancelled) Hold(ApiHost host, bool afterFirstToken)
    {
        var (asked, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Agents.Model.Instead = async (context, _) =>
        {
            if (afterFirstToken)
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync(FakeOpenAi.Event(FakeOpenAi.Chunk(new() { ["content"] = "begun" }, null)));
                await context.Response.Body.FlushAsync();
            }

            context.RequestAborted.Register(() => cancelled.TrySetResult());
            asked.TrySetResult();
            await cancelled.Task;
            return true;
        };
        return (asked.Task, cancelled.Task);
    }
}
