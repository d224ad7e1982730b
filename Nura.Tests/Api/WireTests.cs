using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Snapshots;

namespace Nura.Tests.Api;

/// <summary>What stands on the wire, byte for byte but for identities and times.</summary>
public sealed partial class WireTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    [Fact(Timeout = Hang)]
    public async Task Stream_OfAgent_IsAsAccepted()
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        host.Agents.Rag.Add("real.cs", "one", "two");
        host.Agents.Model.Instead = Says("Ñandú [shop@0123456789ab:real.cs#L1]", " and [shop@0123456789ab:invented.cs#L1].");

        using var response = await host.ChatAsync("""{"model":"nura","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"x"}],"unknown_field":1}""");

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(["no"], response.Headers.GetValues("X-Accel-Buffering"));
        Assert.NotEmpty(response.Headers.GetValues("x-request-id").Single());
        Snapshot.Match("chat-stream-agent", Normal(await response.Content.ReadAsStringAsync()));
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_OfToolCall_IsAsAccepted()
    {
        await using var host = await ApiHost.StartAsync(database);

        using var response = await host.ChatAsync(
            """{"model":"mock","stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"x"}]}],"tools":[{"type":"function","function":{"name":"read","parameters":{"type":"object"}}},{"type":"web_search"}]}""");

        Snapshot.Match("chat-stream-tool-call", Normal(await response.Content.ReadAsStringAsync()));
    }

    [Fact(Timeout = Hang)]
    public async Task Whole_OfAgent_IsAsAccepted()
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        host.Agents.Rag.Add("real.cs", "one", "two");
        host.Agents.Model.Instead = Says("Yes [shop@0123456789ab:real.cs#L2].");

        using var response = await host.ChatAsync("""{"model":"nura","messages":[{"role":"user","content":"x"}]}""");

        Snapshot.Match("chat-whole-agent", Normal(await response.Content.ReadAsStringAsync()));
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_FailsBeforeTheFirstToken_IsARealStatus()
    {
        await using var host = await ApiHost.StartAsync(database);
        host.Agents.Model.Instead = (context, _) => Done(() => FakeOpenAi.ErrorAsync(context, 429, "Slow down.", "rate_limit_exceeded"));

        using var response = await host.ChatAsync("""{"model":"mock","stream":true,"messages":[{"role":"user","content":"x"}]}""");

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Snapshot.Match("chat-error-before-first-token", await response.Content.ReadAsStringAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_FailsAfterTheFirstToken_IsOneErrorChunkAndNoDone()
    {
        await using var host = await ApiHost.StartAsync(database);
        host.Agents.Model.Instead = (context, _) => Done(async () =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(FakeOpenAi.Event(FakeOpenAi.Chunk(new() { ["content"] = "half" }, null)));
        });

        using var response = await host.ChatAsync("""{"model":"mock","stream":true,"messages":[{"role":"user","content":"x"}]}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Snapshot.Match("chat-error-after-first-token", Normal(await response.Content.ReadAsStringAsync()));
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_AgentFailsBeforeTheFirstToken_IsARealStatus()
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        host.Agents.Model.Instead = (context, _) => Done(() => FakeOpenAi.ErrorAsync(context, 401, "No such key."));

        using var response = await host.ChatAsync("""{"model":"nura","stream":true,"messages":[{"role":"user","content":"x"}]}""");

        Assert.False(response.IsSuccessStatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_SilentForLong_SendsComments()
    {
        await using var host = await ApiHost.StartAsync(database, settings: ("Nura:Api:Heartbeat", "00:00:00.05"));
        var heard = new TaskCompletionSource();
        host.Agents.Model.Instead = (context, _) => Done(async () =>
        {
            await heard.Task;
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(FakeOpenAi.StreamOf("late"));
        });

        using var response = await host.ChatAsync("""{"model":"mock","stream":true,"messages":[{"role":"user","content":"x"}]}""");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.StartsWith(":", await reader.ReadLineAsync(), StringComparison.Ordinal);
        heard.SetResult();
        Assert.Contains("late", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private static Func<HttpContext, System.Text.Json.Nodes.JsonObject, Task<bool>> Says(params string[] pieces) => (context, _) => Done(() =>
    {
        context.Response.ContentType = "text/event-stream";
        return context.Response.WriteAsync(FakeOpenAi.StreamOf(pieces));
    });

    private static async Task<bool> Done(Func<Task> answer)
    {
        await answer();
        return true;
    }

    private static string Normal(string text) => Run().Replace(Created().Replace(Identity().Replace(text, "chatcmpl-ID"), "\"created\":0"), "\"run\":\"RUN\"");

    [GeneratedRegex("chatcmpl-[0-9a-f]{32}")]
    private static partial Regex Identity();

    [GeneratedRegex("\"created\":[0-9]+")]
    private static partial Regex Created();

    [GeneratedRegex("\"run\":\"[0-9a-f-]{36}\"")]
    private static partial Regex Run();
}
