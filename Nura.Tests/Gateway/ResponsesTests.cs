using System.ClientModel;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Nura.Api.Responses;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using OpenAI.Responses;

namespace Nura.Tests.Gateway;

public sealed class ResponsesTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    [Theory(Timeout = Hang)]
    [InlineData("mock")]
    [InlineData("claude-haiku-4-5")]
    public async Task Responses_OfficialDotNetClient_GetsAnswersStreamsAndTools(string model)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        var client = gateway.Sdk().GetResponsesClient();
        ResponseResult answer = await client.CreateResponseAsync(model, "one two three");
        Assert.Equal(("one two three", ResponseStatus.Completed), (answer.GetOutputText(), answer.Status));
        Assert.True(answer.Usage.InputTokenCount > 0);

        var text = "";
        await foreach (var update in await client.CreateResponseStreamingAsync(model, "one two three"))
        {
            text += (update as StreamingResponseOutputTextDeltaUpdate)?.Delta;
        }

        Assert.Equal("one two three", text);
        var tool = ResponseTool.CreateFunctionTool("read_file", BinaryData.FromString("""{"type":"object"}"""), strictModeEnabled: false);
        ResponseResult asked = await client.CreateResponseAsync(new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("read it")]) { Tools = { tool } });
        var call = Assert.IsType<FunctionCallResponseItem>(Assert.Single(asked.OutputItems));
        Assert.Equal(("read_file", """{"path":"README.md"}"""), (call.FunctionName, call.FunctionArguments.ToString()));
        ResponseResult result = await client.CreateResponseAsync(new CreateResponseOptions(model, [ResponseItem.CreateFunctionCallOutputItem(call.CallId, "the text")]) { Tools = { tool }, PreviousResponseId = asked.Id });
        Assert.Equal("the text", result.GetOutputText());
    }

    [Fact(Timeout = Hang)]
    public async Task Response_OfAnotherKey_IsNotThere()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var mine = await gateway.PostAsync("/v1/responses", """{"model":"mock","input":"one"}""");
        var id = (string)JsonNode.Parse(await mine.Content.ReadAsStringAsync())!["id"]!;
        using var made = await gateway.PostAsync("/api/keys", """{"name":"somebody else"}""");
        gateway.Service.Http.DefaultRequestHeaders.Authorization = new("Bearer", (string)JsonNode.Parse(await made.Content.ReadAsStringAsync())!["key"]!);

        using var read = await gateway.Service.Http.GetAsync($"/v1/responses/{id}");
        using var deleted = await gateway.Service.Http.DeleteAsync($"/v1/responses/{id}");
        using var goneOn = await gateway.PostAsync("/v1/responses", $$"""{"model":"mock","input":"two","previous_response_id":"{{id}}"}""");
        Assert.Equal((404, 404, 400), ((int)read.StatusCode, (int)deleted.StatusCode, (int)goneOn.StatusCode));
        Assert.Equal("previous_response_not_found", (string?)JsonNode.Parse(await goneOn.Content.ReadAsStringAsync())!["error"]!["code"]);
    }

    [Fact(Timeout = Hang)]
    public async Task Response_DatabaseIsAway_IsNotKeptAndNotLost()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Timeout=5");
        var store = new ResponseStore(nowhere, TimeProvider.System, NullLogger<ResponseStore>.Instance);
        Assert.False(await store.TryAddAsync("resp_1", Guid.Empty, null, [], [], default));
    }

    [Fact(Timeout = Hang)]
    public async Task Response_ChainWithAHole_IsNotGoneOnFrom()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        var client = gateway.Sdk().GetResponsesClient();
        ResponseResult first = await client.CreateResponseAsync("mock", "one");
        ResponseResult second = await client.CreateResponseAsync("mock", "two", first.Id);
        using var deleted = await gateway.Service.Http.DeleteAsync($"/v1/responses/{first.Id}");
        var exception = await Assert.ThrowsAsync<ClientResultException>(() => client.CreateResponseAsync("mock", "three", second.Id));
        Assert.Equal((200, 400), ((int)deleted.StatusCode, exception.Status));
        Assert.Contains(second.Id, exception.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Response_ChainLongerThanMemoryIsToHold_IsNotGoneOnFrom()
    {
        await using var gateway = await GatewayHost.StartAsync(databases, ("Nura:Api:MaxBodyBytes", "4096"));
        var client = gateway.Sdk().GetResponsesClient();
        ResponseResult first = await client.CreateResponseAsync("lonely", new string('x', 2_000));
        ResponseResult second = await client.CreateResponseAsync("lonely", new string('x', 2_000), first.Id);
        var exception = await Assert.ThrowsAsync<ClientResultException>(() => client.CreateResponseAsync("lonely", "three", second.Id));
        Assert.Equal(400, exception.Status);
        Assert.Contains("context_length_exceeded", exception.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Response_GoneOnTwice_TellsTheModelEverythingInOrder()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        var client = gateway.Sdk().GetResponsesClient();
        ResponseResult first = await client.CreateResponseAsync("lonely", "one");
        ResponseResult second = await client.CreateResponseAsync("lonely", "two", first.Id);
        await client.CreateResponseAsync("lonely", "three", second.Id);

        var sent = gateway.First.Requests.Last()["messages"]!.AsArray();
        Assert.Equal(["user one", "assistant one", "user two", "assistant two", "user three"], sent.Select(message => $"{message!["role"]} {message["content"]}"));
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_BreaksAfterItsBeginning_EndsAsFailedAndIsNotKept()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.Bedrock.Instead = async (context, _, _) =>
        {
            var frames = FakeBedrock.Stream(["one"], null, gateway.Bedrock.Usage).ToList();
            await context.Response.Body.WriteAsync((byte[])[.. frames[0], .. frames[1], .. EventFrames.Exception("throttlingException", "Too many tokens")]);
            return true;
        };
        using var response = await gateway.PostAsync("/v1/responses", """{"model":"claude-haiku-4-5","stream":true,"unknown":{"a":1},"input":"x"}""");
        var text = await response.Content.ReadAsStringAsync();

        Assert.Contains("event: response.failed\ndata: {\"type\":\"response.failed\"", text, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"rate_limit_exceeded\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("response.completed", text, StringComparison.Ordinal);
        var id = (string)JsonNode.Parse(text.Split('\n').First(line => line.StartsWith("data: ", StringComparison.Ordinal))[6..])!["response"]!["id"]!;
        using var found = await gateway.Service.Http.GetAsync($"/v1/responses/{id}");
        Assert.Equal(404, (int)found.StatusCode);
    }

    [Theory(Timeout = Hang)]
    [InlineData("mock")]
    [InlineData("claude-haiku-4-5")]
    public async Task Tools_InANamespace_AreFunctionsToModelsAndTheirOwnToTheCaller(string model)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        const string Tools = """
            [{"type":"web_search"},
             {"type":"namespace","name":"mcp__nura","description":"Cite what you find.","tools":[
               {"type":"function","name":"find_symbol","description":"Where it is.","parameters":{"type":"object"}},{"type":"custom","name":"patch"},{"type":"later"}]},
             {"type":"function","name":"find_symbol","parameters":{"type":"object"}}]
            """;

        using var asked = await gateway.PostAsync("/v1/responses", $$"""{"model":"{{model}}","store":false,"input":"read it","tools":{{Tools}}}""");
        var call = JsonNode.Parse(await asked.Content.ReadAsStringAsync())!["output"]!.AsArray().Single()!;
        using var streamed = await gateway.PostAsync("/v1/responses", $$"""{"model":"{{model}}","store":false,"stream":true,"input":"read it","tools":{{Tools}}}""");
        using var answered = await gateway.PostAsync(
            "/v1/responses",
            $$"""
            {"model":"{{model}}","store":false,"tools":{{Tools}},"input":[{"role":"user","content":"read it"},{{call.ToJsonString()}},{"type":"function_call_output","call_id":"{{call["call_id"]}}","output":"the text"}]}
            """);

        Assert.Equal(("function_call", "mcp__nura", "find_symbol"), ((string?)call["type"], (string?)call["namespace"], (string?)call["name"]));
        Assert.Contains("\"name\":\"find_symbol\",\"arguments\":\"\",\"namespace\":\"mcp__nura\"", await streamed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("the text", await answered.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        if (model == "mock")
        {
            var sent = gateway.First.Requests.Last();
            Assert.Equal(["mcp__nura__find_symbol", "mcp__nura__patch", "find_symbol"], sent["tools"]!.AsArray().Select(tool => (string?)tool!["function"]!["name"]));
            Assert.Equal("mcp__nura: Cite what you find.\n\nWhere it is.", (string?)sent["tools"]![0]!["function"]!["description"]);
            Assert.Equal("mcp__nura__find_symbol", (string?)sent["messages"]!.AsArray().Select(message => message!["tool_calls"]).OfType<JsonArray>().Single()[0]!["function"]!["name"]);
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Body_WithAFieldTwiceOrNestedTooDeep_IsRefused()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);

        // As deep as a parser takes by default, which what is made of it is not any more.
        var deep = $"{string.Concat(Enumerable.Repeat("{\"a\":", 61))}1{new string('}', 61)}";
        foreach (var body in (string[])
        [
            """{"model":"mock","input":"x","input":"y"}""",
            """{"model":"mock","input":[{"role":"user","role":"user","content":"x"}]}""",
            $$"""{"model":"mock","input":"x","tools":[{"type":"function","name":"f","parameters":{{deep}}}]}""",
        ])
        {
            using var response = await gateway.PostAsync("/v1/responses", body);
            var text = await response.Content.ReadAsStringAsync();
            Assert.True((int)response.StatusCode == 400, $"{body} gave {(int)response.StatusCode}: {text}");
            Assert.Equal("invalid_json", (string?)JsonNode.Parse(text)!["error"]!["code"]);
        }
    }

    [Theory]
    [InlineData(null, "find", "find")]
    [InlineData("", "find", "find")]
    [InlineData("mcp__nura", "find", "mcp__nura__find")]
    [InlineData("mcp__nura", "", "")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", "find", "6789012345678901234567890123456789012345678901234567890123__find")]
    public void FunctionName_OfATool_IsNoLongerThanProvidersTake(string? group, string name, string function) => Assert.Equal(function, ResponseTools.FunctionName(group, name));

    [Theory(Timeout = Hang)]
    [InlineData("{", null)]
    [InlineData("[]", null)]
    [InlineData("""{"input":"x"}""", "model")]
    [InlineData("""{"model":"mock"}""", "input")]
    [InlineData("""{"model":"mock","input":[]}""", "input")]
    [InlineData("""{"model":"mock","input":[7]}""", "input[0]")]
    [InlineData("""{"model":"mock","input":[{"role":7}]}""", "input[0].role")]
    [InlineData("""{"model":"mock","input":[{"role":"user","content":7}]}""", "input[0].content")]
    [InlineData("""{"model":"mock","input":[{"role":"user","content":[{"type":"input_file"}]}]}""", "input[0].content")]
    [InlineData("""{"model":"mock","input":[{"type":"function_call","name":"f"}]}""", "input[0].call_id")]
    [InlineData("""{"model":"mock","input":[{"type":"item_reference","id":"1"}]}""", "input[0]")]
    [InlineData("""{"model":"mock","input":"x","background":true}""", "background")]
    [InlineData("""{"model":"mock","input":"x","conversation":"c"}""", "conversation")]
    [InlineData("""{"model":"mock","input":"x","tools":[{"type":7}]}""", "type")]
    [InlineData("""{"model":"mock","input":"x","tools":[{"type":"namespace","name":"n","tools":[{"type":"function"}]}]}""", "tools")]
    [InlineData("""{"model":"mock","input":"x","tools":[{"type":"namespace","name":"n","tools":7}]}""", "tools")]
    [InlineData("""{"model":"mock","input":"x","stream":"yes"}""", "stream")]
    [InlineData("""{"model":"mock","input":"x","max_output_tokens":-1}""", "max_completion_tokens")]
    public async Task Responses_WhatCannotBeServed_IsRefusedByNameInOpenAisShape(string body, string? parameter)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var response = await gateway.PostAsync("/v1/responses", body);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;
        Assert.Equal((400, "invalid_request_error", parameter), ((int)response.StatusCode, (string?)error["type"], (string?)error["param"]));
    }
}
