using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Gateway;

/// <summary>Calls of tools that a model could not write to their end, or not as a JSON object: in no dialect do they become calls without arguments.</summary>
public sealed class CutCallTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const string Written = "{\"path\":\"a.txt\",\"text\":\"half of i";
    private const string Chat = """{"model":"mock","messages":[{"role":"user","content":"?"}],"stream":STREAM}""";
    private const string Responses = """{"model":"mock","store":false,"input":"?","tools":[{"type":"function","name":"write","parameters":{"type":"object"}}],"stream":STREAM}""";
    private const string Messages = """{"model":"mock","max_tokens":9,"messages":[{"role":"user","content":"?"}],"stream":STREAM}""";
    private const string Converse = """{"messages":[{"role":"user","content":[{"text":"?"}]}]}""";

    [Fact(Timeout = 120_000)]
    public async Task Call_CutByTheLimit_IsSaidToBeCutInEveryDialect()
    {
        await using var gateway = await StartAsync("length");

        var chat = (await WholeAsync(gateway, "/v1/chat/completions", Chat))["choices"]![0]!;
        Assert.Equal(("length", Written), ((string?)chat["finish_reason"], (string?)chat["message"]!["tool_calls"]![0]!["function"]!["arguments"]));
        var response = await WholeAsync(gateway, "/v1/responses", Responses);
        Assert.Equal(("incomplete", "max_output_tokens", Written), ((string?)response["status"], (string?)response["incomplete_details"]!["reason"], (string?)response["output"]![0]!["arguments"]));
        var message = await WholeAsync(gateway, "/v1/messages", Messages);
        Assert.Equal(("max_tokens", 0), ((string?)message["stop_reason"], message["content"]!.AsArray().Count));
        var converse = await WholeAsync(gateway, "/model/mock/converse", Converse);
        Assert.Equal(("max_tokens", 0), ((string?)converse["stopReason"], converse["output"]!["message"]!["content"]!.AsArray().Count));

        foreach (var (path, body, end) in ((string, string, string)[])
        [
            ("/v1/chat/completions", Chat, "\"finish_reason\":\"length\""), ("/v1/responses", Responses, "event: response.incomplete"),
            ("/v1/messages", Messages, "\"stop_reason\":\"max_tokens\""), ("/model/mock/converse-stream", Converse, "\"stopReason\":\"max_tokens\""),
        ])
        {
            using var stream = await gateway.PostAsync(path, body.Replace("STREAM", "true", StringComparison.Ordinal));
            var text = await stream.Content.ReadAsStringAsync();
            Assert.Contains("half of i", text, StringComparison.Ordinal);
            Assert.Contains(end, text, StringComparison.Ordinal);
            Assert.DoesNotContain("tool_use\"}", text, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Call_NoJsonObjectThoughItHasEnded_IsPassedAsTextAndRefusedWhereItMustBeAnObject()
    {
        await using var gateway = await StartAsync("stop");

        var chat = (await WholeAsync(gateway, "/v1/chat/completions", Chat))["choices"]![0]!;
        Assert.Equal(("tool_calls", Written), ((string?)chat["finish_reason"], (string?)chat["message"]!["tool_calls"]![0]!["function"]!["arguments"]));
        foreach (var (path, body) in ((string, string)[])[("/v1/messages", Messages), ("/model/mock/converse", Converse)])
        {
            using var refused = await gateway.PostAsync(path, body.Replace("STREAM", "false", StringComparison.Ordinal));
            Assert.Contains("The model wrote arguments for 'write' that are not a JSON object. Try again.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.False(refused.IsSuccessStatusCode);
        }
    }

    private async Task<GatewayHost> StartAsync(string reason)
    {
        // Not forwarded, so that chat is translated like the others.
        var gateway = await GatewayHost.StartAsync(databases, ("Nura:Models:Servers:first:Forward", "false"));
        gateway.First.Instead = async (context, body) =>
        {
            JsonArray Calls() => [new JsonObject { ["index"] = 0, ["id"] = "c", ["type"] = "function", ["function"] = new JsonObject { ["name"] = "write", ["arguments"] = Written } }];
            if (body["stream"]?.GetValue<bool>() is true)
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync(FakeOpenAi.Event(FakeOpenAi.Chunk(new JsonObject { ["role"] = "assistant", ["tool_calls"] = Calls() }, null)) + FakeOpenAi.Event(FakeOpenAi.Chunk([], reason)) + "data: [DONE]\n\n");
            }
            else
            {
                await context.Response.WriteAsJsonAsync(new JsonObject
                {
                    ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["finish_reason"] = reason, ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = null, ["tool_calls"] = Calls() } }),
                });
            }

            return true;
        };
        return gateway;
    }

    private static async Task<JsonNode> WholeAsync(GatewayHost gateway, string path, string body)
    {
        using var response = await gateway.PostAsync(path, body.Replace("STREAM", "false", StringComparison.Ordinal));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }
}
