using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Models;

namespace Nura.Tests.Gateway;

public sealed class AnthropicTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 120_000;

    [NodeFact]
    public async Task Messages_OfficialClient_GetsAnswersStreamsToolsCountsAndErrors()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.Bedrock.Usage = JsonNode.Parse("""{"inputTokens":25,"outputTokens":7,"totalTokens":1132,"cacheReadInputTokens":1000,"cacheWriteInputTokens":100}""")!.AsObject();
        var seen = await NodeClients.RunAsync("anthropic.mjs", [gateway.Service.Url.ToString(), "claude-haiku-4-5-20251001"], [("ANTHROPIC_API_KEY", GatewayHost.Key)]);

        foreach (var answer in (string[])["text", "streamed"])
        {
            Assert.Equal(("message", "assistant", "end_turn", "claude-haiku-4-5-20251001"), (Text(seen[answer], "type"), Text(seen[answer], "role"), Text(seen[answer], "stop_reason"), Text(seen[answer], "model")));
            Assert.Equal("one two three", Text(seen[answer]!["content"]![0], "text"));
            var usage = seen[answer]!["usage"]!;
            Assert.Equal((25, 7, 1000, 100), ((int)usage["input_tokens"]!, (int)usage["output_tokens"]!, (int)usage["cache_read_input_tokens"]!, (int)usage["cache_creation_input_tokens"]!));
        }

        Assert.Equal(("tool_use", "read_file", "README.md"), (Text(seen["call"], "stop_reason"), Text(seen["call"]!["content"]![0], "name"), Text(seen["call"]!["content"]![0]!["input"], "path")));
        Assert.Equal("four five", Text(seen["answer"]!["content"]![0], "text"));
        Assert.Equal(100, (int)seen["count"]!["input_tokens"]!);
        Assert.Equal(("BadRequestError", 400, "invalid_request_error"), Error(seen["badRequest"]));
        Assert.Contains("max_tokens", Text(seen["badRequest"], "message"), StringComparison.Ordinal);
        Assert.Equal(("NotFoundError", 404, "not_found_error"), Error(seen["noModel"]));
        Assert.Equal(("AuthenticationError", 401, "authentication_error"), Error(seen["noKey"]));
        Assert.Equal("Be brief.", (string?)gateway.Bedrock.Requests.First().Body["system"]![0]!["text"]);
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_BreaksAfterItsBeginning_EndsWithAnErrorEvent()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.Bedrock.Instead = async (context, _, _) =>
        {
            var frames = FakeBedrock.Stream(["one"], null, gateway.Bedrock.Usage).ToList();
            await context.Response.Body.WriteAsync((byte[])[.. frames[0], .. frames[1], .. EventFrames.Exception("throttlingException", "Too many tokens")]);
            return true;
        };
        using var response = await gateway.PostAsync("/v1/messages?beta=true", """{"model":"claude-haiku-4-5","max_tokens":10,"stream":true,"unknown":1,"messages":[{"role":"user","content":"x"}]}""");
        var text = await response.Content.ReadAsStringAsync();

        Assert.Contains("\"text_delta\",\"text\":\"one\"", text, StringComparison.Ordinal);
        Assert.Contains("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("message_stop", text, StringComparison.Ordinal);
    }

    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_OfAServerThatEndsItWithStop_IsToolUseAllTheSame(bool stream)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        var call = new JsonObject { ["index"] = 0, ["id"] = "1", ["type"] = "function", ["function"] = new JsonObject { ["name"] = "f", ["arguments"] = "{}" } };
        gateway.First.Instead = async (context, body) =>
        {
            var message = new JsonObject { ["role"] = "assistant", ["tool_calls"] = new JsonArray(call.DeepClone()) };
            context.Response.ContentType = stream ? "text/event-stream" : "application/json";
            await context.Response.WriteAsync(stream
                ? FakeOpenAi.Event(FakeOpenAi.Chunk(message, null)) + FakeOpenAi.Event(FakeOpenAi.Chunk([], "stop")) + "data: [DONE]\n\n"
                : new JsonObject { ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = "stop" }) }.ToJsonString());
            return true;
        };

        using var response = await gateway.PostAsync("/v1/messages", $$"""
            {"model":"mock","max_tokens":10,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"x"}],
             "tools":[{"name":"f","input_schema":{"type":"object"} }],"tool_choice":{"type":"tool","name":"f"} }
            """);

        Assert.Contains("\"stop_reason\":\"tool_use\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Messages_CallersCacheMarks_AreBedrocksPlacesAndTheOnlyOnes()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        const string Kept = "\"cache_control\":{\"type\":\"ephemeral\"}";
        using var response = await gateway.PostAsync("/v1/messages", $$"""
            {"model":"claude-sonnet-4-5","max_tokens":10,
             "tools":[{"name":"f","description":"","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral","ttl":"1h"} }],
             "system":[{"type":"text","text":"Be brief.",{{Kept}}}],
             "messages":[{"role":"user","content":[{"type":"text","text":"one",{{Kept}}},{"type":"text","text":"two"}]},
                         {"role":"assistant","content":"{{new string('t', 9000)}}"},
                         {"role":"user","content":"three"}]}
            """);
        Assert.Equal(200, (int)response.StatusCode);
        var sent = gateway.Bedrock.Requests.Single().Body;
        Assert.Equal("""{"cachePoint":{"type":"default","ttl":"1h"}}""", sent["toolConfig"]!["tools"]![1]!.ToJsonString());
        Assert.Equal("""[{"text":"Be brief."},{"cachePoint":{"type":"default"}}]""", sent["system"]!.ToJsonString());
        Assert.Equal("""[{"text":"one"},{"cachePoint":{"type":"default"}},{"text":"two"}]""", sent["messages"]![0]!["content"]!.ToJsonString());
        Assert.Equal(4, sent.ToJsonString().Split("cachePoint").Length);
    }

    [Theory(Timeout = Hang)]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"model":"claude-haiku-4-5","max_tokens":10,"messages":"x"}""")]
    [InlineData("""{"model":"claude-haiku-4-5","max_tokens":10,"messages":[{"role":"robot","content":"x"}]}""")]
    [InlineData("""{"model":"claude-haiku-4-5","max_tokens":10,"messages":[{"role":"user","content":[{"type":"tool_result"}]}]}""")]
    public async Task Messages_BrokenBody_IsRefusedInAnthropicsShape(string body)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var response = await gateway.PostAsync("/v1/messages", body);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal((400, "error", "invalid_request_error"), ((int)response.StatusCode, Text(error, "type"), Text(error["error"], "type")));
    }

    [Theory(Timeout = Hang)]
    [InlineData("""{"model":"claude-haiku-4-5","max_tokens":10,"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("{")]
    public async Task Messages_AnyAnswer_HasItsIdWhereAnthropicsClientsLook(string body)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var response = await gateway.PostAsync("/v1/messages", body);
        Assert.Equal(response.Headers.GetValues("x-request-id"), response.Headers.GetValues("request-id"));
    }

    private static string? Text(JsonNode? node, string name) => (string?)node![name];

    private static (string?, int, string?) Error(JsonNode? error) => (Text(error, "name"), (int)error!["status"]!, Text(error, "type"));
}
