using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Nura.Models;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Models;

namespace Nura.Tests.Gateway;

public sealed class BedrockDialectTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;
    private const string Opus = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-opus-4-5-20251101-v1:0";
    private const string Haiku = "us.anthropic.claude-haiku-4-5-20251001-v1:0";

    /// <summary>On Bedrock bodies pass through as they are; elsewhere they are translated. AWS' own client sees no difference.</summary>
    [NodeFact]
    public async Task Bedrock_AwsClientWithNurasKey_GetsAnswersStreamsToolsVectorsAndErrors()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        await ShowsEverythingAsync(gateway, [("AWS_BEARER_TOKEN_BEDROCK", GatewayHost.Key)], Haiku, "amazon.titan-embed-text-v2:0", "cohere.embed-english-v3");
        Assert.Equal("toolu_bdrk_1", (string?)gateway.Bedrock.Requests.Last(request => request.Operation == "invoke" && request.Body["messages"] is not null).Body["messages"]![1]!["content"]![0]!["id"]);
        Assert.Equal((1, 0.00000004m), await gateway.UsageAsync("titan-embed-text-v2", 200, 1));
    }

    /// <summary>A client that knows no bearer token signs with the secret that was shown when the key was made.</summary>
    [NodeFact]
    public async Task Bedrock_AwsClientThatSigns_GetsAnswersStreamsToolsAndErrors()
    {
        await using var gateway = await GatewayHost.StartAsync(databases, ("Nura:Api:SigningSecret", "signing-secret-of-these-tests-only"));
        using var made = await gateway.PostAsync("/api/keys", """{"name":"signs"}""");
        var aws = JsonNode.Parse(await made.Content.ReadAsStringAsync())!["aws"]!;
        await ShowsEverythingAsync(gateway, [("AWS_ACCESS_KEY_ID", (string)aws["accessKeyId"]!), ("AWS_SECRET_ACCESS_KEY", (string)aws["secretAccessKey"]!)], Haiku);
    }

    [NodeFact]
    public async Task Elsewhere_AwsClientWithNurasKey_GetsAnswersStreamsToolsAndErrors()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        await ShowsEverythingAsync(gateway, [("AWS_BEARER_TOKEN_BEDROCK", GatewayHost.Key)], "mock");
        Assert.Equal("mock-1", (string?)gateway.First.Requests.Last()["model"]);
    }

    [Fact(Timeout = Hang)]
    public async Task Converse_OnBedrock_KeepsEveryFieldAndTellsCostAndRoute()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.Bedrock.Usage = JsonNode.Parse("""{"inputTokens":25,"outputTokens":7,"totalTokens":1132,"cacheReadInputTokens":1000,"cacheWriteInputTokens":100}""")!.AsObject();
        const string Body = """{"messages":[{"role":"user","content":[{"text":"one two"},{"cachePoint":{"type":"default","ttl":"1h"}}]}],"additionalModelRequestFields":{"new":[1]},"requestMetadata":{"a":"b"}}""";
        using var whole = await PostAsync(gateway, Opus, "converse", Body);
        using var streamed = await PostAsync(gateway, Opus, "converse-stream", Body);
        var events = await EventsAsync(streamed);

        // (25 at 5 + 7 at 25 + 1000 at 0.5 + 100 at 6.25 dollars a million) and a tenth for the region.
        Assert.Equal("0.0015675", whole.Headers.GetValues("x-nura-cost").Single());
        Assert.Equal("claude-opus-4-5", whole.Headers.GetValues("x-nura-model").Single());
        Assert.Contains("\"rule\":\"asked for\"", whole.Headers.GetValues("x-nura-route").Single(), StringComparison.Ordinal);
        Assert.Equal(("metadata", "0.0015675", 1000), (events[^1].Type, (string?)events[^1].Body["nura"]!["cost"], (int)events[^1].Body["usage"]!["cacheReadInputTokens"]!));
        Assert.All(gateway.Bedrock.Requests, request => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Body), request.Body)));
        Assert.Equal((2, 2 * 0.0015675m), await gateway.UsageAsync("claude-opus-4-5", 200, 2));
    }

    [Theory(Timeout = Hang)]
    [InlineData("exception", "throttlingException", 429)]
    [InlineData("checksum", "modelStreamErrorException", 502)]
    [InlineData("cut", "modelStreamErrorException", 502)]
    [InlineData("end", "modelStreamErrorException", 502)]
    public async Task Stream_BreaksAfterItsBeginning_EndsWithAnExceptionEvent(string how, string type, int status)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.Bedrock.Instead = async (context, _, _) =>
        {
            var frames = FakeBedrock.Stream(["one", "two"], null, gateway.Bedrock.Usage).ToList();
            var bad = how switch
            {
                "exception" => EventFrames.Exception("throttlingException", "Too many tokens"),
                "checksum" => [.. frames[2][..^1], (byte)(frames[2][^1] ^ 1)],
                "cut" => frames[2][..20],
                _ => [],
            };
            await context.Response.Body.WriteAsync((byte[])[.. frames[0], .. frames[1], .. bad]);
            return true;
        };
        using var response = await PostAsync(gateway, Haiku, "converse-stream", """{"messages":[{"role":"user","content":[{"text":"x"}]}]}""");
        var events = await EventsAsync(response);

        Assert.Equal(["messageStart", "contentBlockDelta", type], events.Select(entry => entry.Type));
        Assert.NotEmpty((string)events[^1].Body["message"]!);
        await gateway.UsageAsync("claude-haiku-4-5", status, 1);
    }

    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Converse_ThrottledOnce_IsAskedAgainUnseen(bool stream)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.Bedrock.Instead = async (context, _, _) =>
        {
            var first = gateway.Bedrock.Requests.Count == 1;
            if (first)
            {
                await FakeBedrock.ErrorAsync(context, 429, "ThrottlingException", "Too many requests");
            }

            return first;
        };
        using var response = await PostAsync(gateway, Haiku, stream ? "converse-stream" : "converse", """{"messages":[{"role":"user","content":[{"text":"x"}]}]}""");
        Assert.Equal((200, 2), ((int)response.StatusCode, gateway.Bedrock.Requests.Count));
    }

    [Theory(Timeout = Hang)]
    [InlineData("converse", Haiku, "{", 400, "ValidationException")]
    [InlineData("converse", Haiku, "[]", 400, "ValidationException")]
    [InlineData("converse", "mock", "{}", 400, "ValidationException")]
    [InlineData("converse", "mock", """{"messages":[{"role":"robot","content":[]}]}""", 400, "ValidationException")]
    [InlineData("converse", "mock", """{"messages":[{"role":"user","content":[{"toolResult":{}}]}]}""", 400, "ValidationException")]
    [InlineData("converse-stream", "mock", """{"messages":[{"role":"user","content":"x"}]}""", 400, "ValidationException")]
    [InlineData("invoke", "mock", """{"messages":[]}""", 400, "ValidationException")]
    [InlineData("invoke", "mock-embed", """{"inputText":"x"}""", 400, "ValidationException")]
    [InlineData("converse", "nobody", """{"messages":[]}""", 404, "ResourceNotFoundException")]
    [InlineData("invoke", "cohere.command-text-v14", """{"prompt":"x"}""", 404, "ResourceNotFoundException")]
    [InlineData("converse", Haiku, """{"messages":[]}""", 400, "ValidationException")]
    public async Task Bedrock_WhatCannotBeServed_IsRefusedInAwsShape(string operation, string model, string body, int status, string type)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var response = await PostAsync(gateway, model, operation, body);
        Assert.Equal((status, type), ((int)response.StatusCode, response.Headers.GetValues("x-amzn-errortype").Single()));
        Assert.NotEmpty((string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["message"]!);
    }

    [Fact(Timeout = Hang)]
    public async Task Bedrock_RefusedNurasCredentialsOrBudget_IsNotToBeTriedAgain()
    {
        await using var gateway = await GatewayHost.StartAsync(databases, ("Nura:Models:Bedrock:SecretAccessKey", "wrong"), ("Nura:Models:Budgets:tiny:Limit", "0.001"));
        using var refused = await PostAsync(gateway, Haiku, "converse", """{"messages":[],"inferenceConfig":{"maxTokens":10}}""");
        Assert.Equal((424, "ModelErrorException"), ((int)refused.StatusCode, refused.Headers.GetValues("x-amzn-errortype").Single()));
        Assert.Contains("your own key is not the reason", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var tooDear = await PostAsync(gateway, Haiku, "converse", """{"messages":[],"inferenceConfig":{"maxTokens":10000}}""");
        Assert.Equal((400, "ServiceQuotaExceededException"), ((int)tooDear.StatusCode, tooDear.Headers.GetValues("x-amzn-errortype").Single()));
    }

    [Theory(Timeout = Hang)]
    [InlineData("Bearer nura_no-such-key", "not valid")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=00", "AWS_BEARER_TOKEN_BEDROCK")]
    public async Task Bedrock_WithoutNurasKey_IsRefusedInAwsShape(string authorization, string says)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.Service.Http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(authorization);
        using var response = await PostAsync(gateway, Haiku, "converse", "{}");
        Assert.Equal((403, "AccessDeniedException"), ((int)response.StatusCode, response.Headers.GetValues("x-amzn-errortype").Single()));
        Assert.Contains(says, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> PostAsync(GatewayHost gateway, string model, string operation, string body) =>
        gateway.PostAsync($"/model/{Uri.EscapeDataString(model)}/{operation}", body);

    private static async Task<List<(string Type, JsonNode Body)>> EventsAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/vnd.amazon.eventstream", response.Content.Headers.ContentType!.MediaType);
        await using var frames = new EventStreamReader(await response.Content.ReadAsStreamAsync());
        var events = new List<(string, JsonNode)>();
        while (await frames.NextAsync(default) is { } frame)
        {
            events.Add((frame.Type, JsonNode.Parse(frame.Payload.Span)!));
        }

        return events;
    }

    private static async Task ShowsEverythingAsync(GatewayHost gateway, (string Name, string Value)[] credentials, params string[] models)
    {
        var seen = await NodeClients.RunAsync("bedrock.mjs", [gateway.Service.Url.ToString(), .. models], credentials);
        Assert.Equal(("one two three", "end_turn"), ((string?)seen["text"]!["content"]![0]!["text"], (string?)seen["text"]!["stopReason"]));
        Assert.True((int)seen["text"]!["usage"]!["inputTokens"]! > 0);
        Assert.Equal(("one two three", "end_turn"), ((string?)seen["streamed"]!["text"], (string?)seen["streamed"]!["stopReason"]));
        Assert.True((int)seen["streamed"]!["usage"]!["outputTokens"]! > 0);
        Assert.Equal("README.md", (string?)seen["call"]!["content"]![0]!["toolUse"]!["input"]!["path"]);
        Assert.Equal("four five", (string?)seen["answer"]!["content"]![0]!["text"]);
        Assert.Equal(("""{"path":"README.md"}""", "tool_use"), ((string?)seen["streamedCall"]!["input"], (string?)seen["streamedCall"]!["stopReason"]));
        Assert.Equal(("ResourceNotFoundException", 404), ((string?)seen["noModel"]!["name"], (int)seen["noModel"]!["status"]!));

        var invoked = seen["invoked"]!;
        Assert.Equal(("one two three", "end_turn"), ((string?)invoked["text"]!["content"]![0]!["text"], (string?)invoked["text"]!["stop_reason"]));
        Assert.Equal(("one two three", "end_turn"), ((string?)invoked["streamed"]!["text"], (string?)invoked["streamed"]!["reason"]));
        Assert.Equal(["message_start", "content_block_start"], invoked["streamed"]!["types"]!.AsArray().Take(2).Select(type => (string?)type));
        Assert.Equal("README.md", (string?)invoked["call"]!["content"]![0]!["input"]!["path"]);
        Assert.Equal("""{"path":"README.md"}""", (string?)invoked["streamedCall"]!["input"]);
        Assert.Equal("four five", (string?)invoked["answer"]!["content"]![0]!["text"]);
        Assert.Equal(("ValidationException", 400), ((string?)invoked["error"]!["name"], (int)invoked["error"]!["status"]!));
        if (models.Length > 2)
        {
            Assert.Equal(("ValidationException", 400), ((string?)seen["error"]!["name"], (int)seen["error"]!["status"]!));
            Assert.Equal(1024, (int)seen["vector"]!);
            Assert.Equal("[[1024,1],[1024,3]]", seen["vectors"]!.ToJsonString());
        }
    }
}
