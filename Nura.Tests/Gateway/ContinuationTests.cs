using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Gateway;

/// <summary>Streams of forwarded bodies that break off and are taken up again where they ended.</summary>
public sealed class ContinuationTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 120_000;

    [Theory(Timeout = Hang)]
    [InlineData("one two ", "one two", "  three", "one two three")]
    [InlineData("one tw", "one tw", "o  three", "one two  three")]
    public async Task Stream_BreaksAndItsModelCanGoOn_IsOneAnswer(string before, string handedBack, string after, string whole)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        var (brokenBefore, wholeBefore) = (await gateway.UsageAsync("able", 502, 0), await gateway.UsageAsync("able", 200, 0));
        gateway.First.Instead = (context, _) => WriteAsync(context, gateway.First.Requests.Count == 1 ? Begin(before) : FakeOpenAi.StreamOf(after).Replace("chatcmpl-1", "chatcmpl-2", StringComparison.Ordinal));
        using var response = await gateway.PostAsync(
            "/v1/chat/completions", """{"model":"able","stream":true,"messages":[{"role":"user","content":"count"}],"unknown_field":7,"stream_options":{"include_usage":true}}""");
        var text = await response.Content.ReadAsStringAsync();

        var chunks = Chunks(text);
        Assert.Equal(whole, Text(chunks));
        Assert.All(chunks, chunk => Assert.Equal("chatcmpl-1", (string?)chunk["id"]));
        Assert.Single(chunks, chunk => chunk["choices"]!.AsArray() is [{ } choice] && choice["delta"]!["role"] is not null);
        Assert.Single(chunks, chunk => chunk["usage"] is not null);
        Assert.EndsWith("data: [DONE]\n\n", GatewayHost.WithoutCost(text), StringComparison.Ordinal);

        var again = gateway.First.Requests.Last();
        var last = again["messages"]!.AsArray()[^1]!;
        Assert.Equal(("assistant", handedBack, true, false, 7), ((string?)last["role"], (string?)last["content"], (bool)again["continue_final_message"]!, (bool)again["add_generation_prompt"]!, (int)again["unknown_field"]!));
        Assert.False(gateway.First.Requests.First().ContainsKey("continue_final_message"));
        var (broken, rest) = (await gateway.UsageAsync("able", 502, (int)brokenBefore.Count + 1), await gateway.UsageAsync("able", 200, (int)wholeBefore.Count + 1));
        Assert.Equal((brokenBefore.Count + 1, wholeBefore.Count + 1), (broken.Count, rest.Count));
        Assert.Equal(broken.Cost - brokenBefore.Cost + rest.Cost - wholeBefore.Cost, decimal.Parse(text[(text.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_BreaksAndItsModelCanGoOn_IsWholeToTheOfficialClient()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.First.Instead = (context, _) => WriteAsync(context, gateway.First.Requests.Count == 1 ? Begin("one two") : FakeOpenAi.StreamOf(" three"));
        var text = "";
        await foreach (var update in gateway.Sdk().GetChatClient("able").CompleteChatStreamingAsync("count"))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        }

        Assert.Equal("one two three", text);
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_BreaksAndOnlyAFallbackCanGoOn_IsTakenUpThere()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.First.Instead = (context, _) => WriteAsync(context, Begin("one two"));
        gateway.Second.Instead = (context, _) => WriteAsync(context, FakeOpenAi.StreamOf(" three"));
        using var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"unable","stream":true,"messages":[{"role":"user","content":"count"}]}""");

        Assert.Equal("one two three", Text(Chunks(await response.Content.ReadAsStringAsync())));
        Assert.Equal("able-2", (string?)Assert.Single(gateway.Second.Requests)["model"]);
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_KeepsBreaking_IsTakenUpTwiceAndEndsWithAnError()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        var before = await gateway.UsageAsync("able", 502, 0);
        gateway.First.Instead = (context, _) => WriteAsync(context, Begin($"{gateway.First.Requests.Count} "));
        using var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"able","stream":true,"messages":[{"role":"user","content":"count"}]}""");
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal("1 2 3 ", Text(Chunks(text)));
        Assert.EndsWith("\"code\":\"upstream_broken_off\"}}\n\n", GatewayHost.WithoutCost(text), StringComparison.Ordinal);
        Assert.Equal(["1", "1 2"], gateway.First.Requests.Skip(1).Select(request => (string?)request["messages"]!.AsArray()[^1]!["content"]));
        Assert.Equal(before.Count + 3, (await gateway.UsageAsync("able", 502, (int)before.Count + 3)).Count);
    }

    [Theory(Timeout = Hang)]
    [InlineData("""{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"read","arguments":"{"}}]}""", "user")]
    [InlineData("""{"reasoning_content":"let me see"}""", "user")]
    [InlineData("""{"content":"  "}""", "user")]
    [InlineData("""{"content":7}""", "user")]
    [InlineData("""{"content":"two"}""", "assistant")]
    public async Task Stream_CannotBeHandedBack_EndsWithAnError(string delta, string lastRole)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.First.Instead = (context, _) => WriteAsync(context, FakeOpenAi.Event(FakeOpenAi.Chunk(JsonNode.Parse(delta)!.AsObject(), null)));
        using var response = await gateway.PostAsync("/v1/chat/completions", $$"""{"model":"able","stream":true,"messages":[{"role":"user","content":"count"},{"role":"{{lastRole}}","content":"one"}]}""");

        Assert.EndsWith("\"code\":\"upstream_broken_off\"}}\n\n", GatewayHost.WithoutCost(await response.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Single(gateway.First.Requests);
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_TellsAnErrorAfterItsBeginning_IsNotTakenUp()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.First.Instead = (context, _) => WriteAsync(context, Begin("one") + "data: {\"error\":{\"message\":\"out of memory\"}}\n\n");
        using var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"able","stream":true,"messages":[{"role":"user","content":"count"}]}""");

        Assert.Contains("out of memory", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(gateway.First.Requests);
    }

    [Theory(Timeout = Hang)]
    [InlineData(400)]
    [InlineData(503)]
    public async Task Stream_RestIsRefused_EndsWithTheFirstError(int status)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.First.Instead = async (context, _) =>
        {
            if (gateway.First.Requests.Count == 1)
            {
                return await WriteAsync(context, Begin("one"));
            }

            await FakeOpenAi.ErrorAsync(context, status, "no");
            return true;
        };
        using var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"able","stream":true,"messages":[{"role":"user","content":"count"}]}""");
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal("one", Text(Chunks(text)));
        Assert.EndsWith("\"code\":\"upstream_broken_off\"}}\n\n", GatewayHost.WithoutCost(text), StringComparison.Ordinal);
        await gateway.UsageAsync("able", status, 1);
    }

    private static string Begin(string text) =>
        FakeOpenAi.Event(FakeOpenAi.Chunk(new JsonObject { ["role"] = "assistant", ["content"] = "" }, null)) + FakeOpenAi.Event(FakeOpenAi.Chunk(new JsonObject { ["content"] = text }, null));

    private static async Task<bool> WriteAsync(HttpContext context, string events)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(events));
        return true;
    }

    private static List<JsonNode> Chunks(string stream) =>
        [.. stream.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!).Where(chunk => chunk["error"] is null)];

    private static string Text(List<JsonNode> chunks) => string.Concat(chunks.Select(chunk => (string?)(chunk["choices"]!.AsArray() is [{ } choice] ? choice["delta"]!["content"] : null)));
}
