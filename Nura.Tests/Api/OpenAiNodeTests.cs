using System.Text.Json.Nodes;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Models;

namespace Nura.Tests.Api;

/// <summary>The OpenAI dialect by its official JavaScript client, and what only agents add to it.</summary>
public sealed class OpenAiNodeTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private static readonly string[] s_events =
    [
        "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta",
        "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
    ];

    [NodeFact]
    public async Task OpenAi_OfficialJavaScriptClient_GetsAnswersStreamsToolsVectorsAndErrors()
    {
        await using var bedrock = await FakeBedrock.StartAsync();
        await using var host = await ApiHost.StartAsync(database, settings:
        [
            ("Nura:Models:Bedrock:Region", "us-east-1"),
            ("Nura:Models:Bedrock:Endpoint", bedrock.Url),
            ("Nura:Models:Bedrock:AccessKeyId", AwsSignature.AccessKey),
            ("Nura:Models:Bedrock:SecretAccessKey", AwsSignature.Secret),
        ]);
        foreach (var model in (string[])["mock", "claude-haiku-4-5"])
        {
            var seen = await NodeClients.RunAsync("openai.mjs", [new Uri(host.Service.Url, "v1").ToString(), model, "titan-embed-text-v2"], [("OPENAI_API_KEY", ApiHost.Key)]);
            Chat(seen["chat"]!);
            Responses(seen["responses"]!);
            Assert.Equal("[[1024,1],[1024,3]]", seen["vectors"]!.ToJsonString());
            Assert.Contains("nura", seen["models"]!.AsArray().Select(id => (string?)id));
        }
    }

    [Theory(Timeout = 180_000)]
    [InlineData("/v1/responses", "\"input\":\"What is sold?\"", false)]
    [InlineData("/v1/responses", "\"input\":\"What is sold?\"", true)]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"What is sold?\"}]", false)]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"What is sold?\"}]", true)]
    public async Task Agent_Asked_AnswersWithCitationsRouteAndCost(string path, string question, bool stream)
    {
        await using var host = await ApiHost.StartAsync(database);
        host.Agents.Rag.Add("README.md", "The shop sells hats.");
        using var response = await host.PostAsync(path, $$"""{"model":"nura","stream":{{(stream ? "true" : "false")}},{{question}}}""");
        var text = await response.Content.ReadAsStringAsync();

        Assert.Contains("The shop sells hats.", text, StringComparison.Ordinal);
        Assert.Contains("README.md#L1", text, StringComparison.Ordinal);
        Assert.Equal("""{"chosen":"offline","rule":"nothing configured"}""", Short(response.Headers.GetValues("x-nura-route").Single()));
        if (stream)
        {
            Assert.EndsWith("\n\n: x-nura-cost 0\n\n", text, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal("0", response.Headers.GetValues("x-nura-cost").Single());
        }
    }

    private static string Short(string route)
    {
        var note = JsonNode.Parse(route)!;
        Assert.InRange((double)note["complexity"]!, 0, 1);
        Assert.NotEmpty(note["candidates"]!.AsArray());
        return new JsonObject { ["chosen"] = (string?)note["chosen"], ["rule"] = (string?)note["rule"] }.ToJsonString();
    }

    private static void Chat(JsonNode chat)
    {
        Assert.Equal("one two three", (string?)chat["text"]!["choices"]![0]!["message"]!["content"]);
        Assert.Equal("one two three", (string?)chat["streamed"]!["choices"]![0]!["message"]!["content"]);
        Assert.True((int)chat["streamed"]!["usage"]!["prompt_tokens"]! > 0);
        Assert.Equal("""{"path":"README.md"}""", (string?)chat["call"]!["choices"]![0]!["message"]!["tool_calls"]![0]!["function"]!["arguments"]);
        Assert.Equal("four five", (string?)chat["answer"]!["choices"]![0]!["message"]!["content"]);
        Assert.Equal(("NotFoundError", 404, "model_not_found"), Error(chat["noModel"]));
        Assert.Equal(("AuthenticationError", 401, "invalid_api_key"), Error(chat["noKey"]));
        Assert.Equal(400, (int)chat["badRequest"]!["status"]!);
    }

    private static void Responses(JsonNode responses)
    {
        Assert.Equal(("one two three", "completed", "b"), (Said(responses["text"]), (string?)responses["text"]!["status"], (string?)responses["text"]!["metadata"]!["a"]));
        Assert.Equal("one two three", Said(responses["streamed"]));
        // How many pieces a text comes in is the network's business.
        var events = responses["events"]!.AsArray();
        Assert.Equal(s_events, events.Select(type => (string?)type).Distinct());
        Assert.Equal(Enumerable.Range(0, events.Count), responses["sequence"]!.AsArray().Select(number => (int)number!));
        Assert.Equal("one two three", Said(responses["last"]!["response"]));
        Assert.Equal(("function_call", "read_file", """{"path":"README.md"}"""), ((string?)responses["call"]!["output"]![0]!["type"], (string?)responses["call"]!["output"]![0]!["name"], (string?)responses["call"]!["output"]![0]!["arguments"]));
        Assert.Equal(("four five", "four five"), (Said(responses["answer"]), Said(responses["again"])));
        Assert.Equal(
            ["response.created", "response.in_progress", "response.output_item.added", "response.function_call_arguments.delta", "response.function_call_arguments.done", "response.output_item.done", "response.completed"],
            responses["callEvents"]!.AsArray().Select(type => (string?)type));
        Assert.Equal(("custom_tool_call", "patch"), ((string?)responses["custom"]!["output"]![0]!["type"], (string?)responses["custom"]!["output"]![0]!["name"]));
        Assert.Equal(Said(responses["text"]), Said(responses["found"]));
        Assert.Equal(("NotFoundError", 404, "not_found"), Error(responses["gone"]));
        Assert.Equal(("BadRequestError", 400, "previous_response_not_found"), Error(responses["notKept"]));
        Assert.Equal(("NotFoundError", 404, "model_not_found"), Error(responses["noModel"]));
        Assert.Equal(("BadRequestError", 400, "missing_required_parameter"), Error(responses["badRequest"]));
    }

    private static string? Said(JsonNode? response) => (string?)response!["output"]![0]!["content"]![0]!["text"];

    private static (string?, int, string?) Error(JsonNode? error) => ((string?)error!["name"], (int)error["status"]!, (string?)error["code"]);
}
