using System.Net;
using System.Text.Json.Nodes;
using Nura.Tests.Databases;

namespace Nura.Tests.Api;

public sealed class BadRequestTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    [Fact(Timeout = Hang)]
    public async Task Chat_WhatCannotBeServed_IsRefusedByNameInOpenAisShape()
    {
        await using var host = await ApiHost.StartAsync(database);

        await RefusedAsync(400, null, "{");
        await RefusedAsync(400, null, "[]");
        await RefusedAsync(400, null, "");
        await RefusedAsync(400, "model", """{"messages":[{"role":"user","content":"x"}]}""");
        await RefusedAsync(400, "model", """{"model":7,"messages":[{"role":"user","content":"x"}]}""");
        await RefusedAsync(400, "messages", """{"model":"nura"}""");
        await RefusedAsync(400, "messages", """{"model":"nura","messages":[]}""");
        await RefusedAsync(400, "messages", """{"model":"nura","messages":"x"}""");
        await RefusedAsync(400, "messages", """{"model":"nura","messages":[{"role":"assistant","content":"x"}]}""");
        await RefusedAsync(400, "messages[0].role", """{"model":"nura","messages":[{"role":"robot","content":"x"}]}""");
        await RefusedAsync(400, "messages[0].content", """{"model":"nura","messages":[{"role":"user","content":3}]}""");
        await RefusedAsync(400, "messages[0].content", """{"model":"nura","messages":[{"role":"user","content":[{"type":"input_audio"}]}]}""");
        await RefusedAsync(400, "messages[0]", """{"model":"nura","messages":["x"]}""");
        await RefusedAsync(400, "n", """{"model":"nura","n":2,"messages":[{"role":"user","content":"x"}]}""");
        await RefusedAsync(400, "logprobs", """{"model":"nura","logprobs":true,"messages":[{"role":"user","content":"x"}]}""");
        await RefusedAsync(400, "functions", """{"model":"nura","functions":[],"messages":[{"role":"user","content":"x"}]}""");
        await RefusedAsync(400, "stream", """{"model":"nura","stream":"yes","messages":[{"role":"user","content":"x"}]}""");
        await RefusedAsync(400, "max_tokens", """{"model":"nura","max_tokens":0,"messages":[{"role":"user","content":"x"}]}""");
        await RefusedAsync(400, "temperature", """{"model":"nura","temperature":3,"messages":[{"role":"user","content":"x"}]}""");
        await RefusedAsync(400, "response_format", """{"model":"nura","response_format":{"type":"json_object"},"messages":[{"role":"user","content":"x"}]}""");
        await RefusedAsync(400, "tool_choice", """{"model":"mock","tools":[],"tool_choice":"maybe","messages":[{"role":"user","content":"x"}]}""");
        await RefusedAsync(400, "messages", """{"model":"mock","messages":[{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{"}}]}]}""");
        await RefusedAsync(404, "model", """{"model":"nobody","messages":[{"role":"user","content":"x"}]}""");

        async Task RefusedAsync(int status, string? parameter, string body)
        {
            var streamed = parameter == "stream" ? body : body.Replace("\"messages\":", "\"stream\":true,\"messages\":", StringComparison.Ordinal);
            foreach (var text in (string[])[body, streamed])
            {
                using var response = await host.ChatAsync(text);
                var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;
                Assert.True((int)response.StatusCode == status, $"{text} gave {(int)response.StatusCode}: {error}");
                Assert.Equal("invalid_request_error", (string?)error["type"]);
                Assert.Equal(parameter, (string?)error["param"]);
                Assert.NotEmpty((string)error["message"]!);
            }
        }
    }

    [Theory(Timeout = Hang)]
    [InlineData("/api/conversations?take=abc", "'take' is 'abc', but should be a whole number.")]
    [InlineData("/api/conversations?take=5&before=yesterday", "'before' is 'yesterday', but should be a time such as 2026-11-30T12:00:00Z.")]
    [InlineData("/api/audit?before=1.5", "'before' is '1.5', but should be a whole number.")]
    [InlineData("/api/models/usage?from=2026-02-30", "'from' is '2026-02-30', but should be a day such as 2026-11-30.")]
    [InlineData("/api/repositories/0197a7c2-0000-7000-8000-000000000000/issues?failed=maybe", "'failed' is 'maybe', but should be true or false.")]
    [InlineData("/api/repositories/0197a7c2-0000-7000-8000-000000000000/issues?skip=99999999999", "'skip' is '99999999999', but should be a whole number.")]
    public async Task Address_ValueThatCannotBeRead_IsNamedWithWhatItShouldBe(string path, string detail)
    {
        await using var host = await ApiHost.StartAsync(database);

        using var response = await host.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(detail, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]);
    }

    [Theory(Timeout = Hang)]
    [InlineData("GET", "/v1/v1/models", 404, "There is nothing at /v1/v1/models.")]
    [InlineData("GET", "/nowhere", 404, "There is nothing at /nowhere.")]
    [InlineData("GET", "/v1/chat/completions", 405, "/v1/chat/completions takes POST, not GET.")]
    [InlineData("PUT", "/api/keys", 405, "/api/keys takes GET, POST, not PUT.")]
    public async Task Address_WhereNothingAnswers_IsSaidSo(string method, string path, int status, string said)
    {
        await using var host = await ApiHost.StartAsync(database);

        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await host.Http.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.EndsWith(said, (string?)(body["detail"] ?? body["error"]!["message"]), StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Chat_HintsAndUnknownFields_AreIgnored()
    {
        await using var host = await ApiHost.StartAsync(database);

        using var response = await host.ChatAsync(
            """
            {"model":"mock","n":1,"store":true,"metadata":{"a":"b"},"service_tier":"auto","seed":null,"user":"me","prompt_cache_key":"k","verbosity":"low","x_new":[1],
             "tools":null,"stop":null,"logprobs":false,"stream_options":null,"messages":[{"role":"developer","content":"d","name":"n"},{"role":"user","content":"hello"}]}
            """);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("hello", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["choices"]![0]!["message"]!["content"]);
    }

    [Theory(Timeout = Hang)]
    [InlineData("/v1/chat/completions", "error")]
    [InlineData("/api/search", "detail")]
    public async Task Body_TooLong_Is413InTheDialectsShape(string path, string field)
    {
        await using var host = await ApiHost.StartAsync(database, settings: ("Nura:Api:MaxBodyBytes", "2048"));

        using var response = await host.PostAsync(path, $$"""{"model":"nura","query":"{{new string('x', 4_000)}}"}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.NotNull(JsonNode.Parse(await response.Content.ReadAsStringAsync())![field]);
    }

    [Theory(Timeout = Hang)]
    [InlineData("PUT", "/api/documents/shelf/a.md")]
    [InlineData("POST", "/webhooks/0197a7c2-0000-7000-8000-000000000000")]
    public async Task Body_TooLongButNotSaidToBe_Is413AndNoFailureOfTheServiceBehind(string method, string path)
    {
        await using var host = await ApiHost.StartAsync(database, settings: ("Nura:Api:MaxBodyBytes", "2048"));
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StreamContent(new MemoryStream(new byte[4_000])), Headers = { TransferEncodingChunked = true } };

        using var response = await host.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory(Timeout = Hang)]
    [InlineData("GET", "/v1/nothing", 404)]
    [InlineData("GET", "/v1/chat/completions", 405)]
    public async Task V1_UnknownWay_IsAnErrorInOpenAisShape(string method, string path, int status)
    {
        await using var host = await ApiHost.StartAsync(database);

        using var response = await host.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.NotNull(JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!["message"]);
    }

    [Theory(Timeout = Hang)]
    [InlineData("/api/search", "{")]
    [InlineData("/api/runs", "{\"agent\":7}")]
    [InlineData("/api/keys", "{\"name\":\"\"}")]
    [InlineData("/api/repositories", "null")]
    public async Task Api_MalformedBody_Is400WithAReason(string path, string body)
    {
        await using var host = await ApiHost.StartAsync(database);

        using var response = await host.PostAsync(path, body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.NotNull(JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]);
    }

    [Fact(Timeout = Hang)]
    public async Task Agents_OutOfReach_Is503WithRetryAfter()
    {
        await using var host = await ApiHost.StartAsync(database, settings: [("services:agents:http:0", "http://127.0.0.1:9"), ("Nura:Resilience:Retries", "0")]);

        using var response = await host.ChatAsync("""{"model":"nura","stream":true,"messages":[{"role":"user","content":"x"}]}""");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter?.Delta);
        Assert.Equal("server_error", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!["type"]);
    }
}
