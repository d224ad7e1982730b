using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Hosting;
using Nura.Models;
using Nura.Tests.Fakes;

namespace Nura.Tests.Models;

public sealed class BedrockChatClientTests : IAsyncLifetime
{
    private FakeBedrock _bedrock = null!;
    private IHost _host = null!;

    public async Task InitializeAsync()
    {
        _bedrock = await FakeBedrock.StartAsync();
        _host = Host();
    }

    public async Task DisposeAsync()
    {
        _host.Dispose();
        await _bedrock.DisposeAsync();
    }

    [Theory(Timeout = 180_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_Text_HasTextReasonAndEveryClassOfToken(bool stream)
    {
        _bedrock.Usage = JsonNode.Parse("""
            {"inputTokens":25,"outputTokens":7,"totalTokens":1232,"cacheReadInputTokens":1000,"cacheWriteInputTokens":200,"cacheDetails":[{"ttl":"5m","inputTokens":150},{"ttl":"1h","inputTokens":50}]}
            """)!.AsObject();
        var answer = await AskAsync(stream, [new(ChatRole.User, "one two three")]);

        Assert.Equal("one two three", answer.Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal((1225, 7, 1000), (answer.Usage!.InputTokenCount, answer.Usage.OutputTokenCount, answer.Usage.CachedInputTokenCount));
        Assert.Equal((150, 50), (answer.Usage.AdditionalCounts!["cacheWrite5m"], answer.Usage.AdditionalCounts["cacheWrite1h"]));
        Assert.Equal("us.anthropic.claude-haiku-4-5-20251001-v1:0", _bedrock.Requests.Single().Model);
    }

    [Theory(Timeout = 180_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_ToolLoop_CallsAndReadsTheResult(bool stream)
    {
        var tool = AIFunctionFactory.Create((string path) => $"text of {path}", "files.read", "Reads a file.");
        var options = new ChatOptions { Tools = [tool], ToolMode = ChatToolMode.RequireAny };
        List<ChatMessage> messages = [new(ChatRole.System, "Be brief."), new(ChatRole.User, "What is in the file?")];

        var first = await AskAsync(stream, messages, options);
        var call = Assert.Single(first.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
        Assert.Equal(("files.read", ChatFinishReason.ToolCalls), (call.Name, first.FinishReason));
        messages.AddRange(first.Messages);
        messages.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, await tool.InvokeAsync(new AIFunctionArguments(call.Arguments)))]));
        var second = await AskAsync(stream, messages, options);

        Assert.Equal("text of README.md", second.Text);
        var sent = _bedrock.Requests.First().Body;
        Assert.Equal("files_read", (string?)sent["toolConfig"]!["tools"]![0]!["toolSpec"]!["name"]);
        Assert.Equal("Be brief.", (string?)sent["system"]![0]!["text"]);
    }

    /// <summary>Each of these conversations is refused by Bedrock as it stands; the double enforces the rules.</summary>
    [Theory(Timeout = 180_000)]
    [InlineData("two users", "u:a|u:b")]
    [InlineData("assistant first", "a:hello|u:b")]
    [InlineData("assistant last", "u:a|a:half")]
    [InlineData("empty text", "u:a|a: |u:b")]
    [InlineData("history of tools, none offered", "u:a|c:1|r:1|u:b")]
    [InlineData("call without result", "u:a|c:1|u:b")]
    [InlineData("call at the end", "u:a|c:1")]
    [InlineData("one of two results", "u:a|c:1,2|r:2|u:b")]
    [InlineData("nothing", "")]
    public async Task Answer_ConversationThatBedrockRefuses_IsMendedFirst(string what, string conversation)
    {
        var messages = conversation.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(Message).ToList();
        var answer = await AskAsync(false, messages);
        Assert.True(answer.Messages.Count == 1, what);

        static ChatMessage Message(string text) => (text[0], text[2..]) switch
        {
            ('u', var said) => new(ChatRole.User, said),
            ('a', var said) => new(ChatRole.Assistant, said),
            ('c', var ids) => new(ChatRole.Assistant, [.. ids.Split(',').Select(id => new FunctionCallContent(id, "f", new Dictionary<string, object?>()))]),
            (_, var ids) => new(ChatRole.Tool, [.. ids.Split(',').Select(id => new FunctionResultContent(id, "done"))]),
        };
    }

    [Fact(Timeout = 180_000)]
    public async Task Request_NoToolIsToBeCalled_OffersNone()
    {
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create((string path) => path, "read", "Reads a file.")], ToolMode = ChatToolMode.None };
        List<ChatMessage> messages = [new(ChatRole.User, "one two")];
        Assert.Equal("one two", (await AskAsync(false, messages, options)).Text);
        Assert.Null(_bedrock.Requests.Last().Body["toolConfig"]);

        messages.Add(new(ChatRole.Assistant, [new FunctionCallContent("1", "read", new Dictionary<string, object?>())]));
        messages.Add(new(ChatRole.Tool, [new FunctionResultContent("1", "three")]));
        Assert.Equal("three", (await AskAsync(false, messages, options)).Text);
        var tool = Assert.Single(_bedrock.Requests.Last().Body["toolConfig"]!["tools"]!.AsArray())!["toolSpec"]!;
        Assert.Equal(("read", "Used earlier; not offered any more."), ((string?)tool["name"], (string?)tool["description"]));
    }

    [Fact(Timeout = 180_000)]
    public async Task Request_SamplingRuleOfTheModel_LeavesOutWhatItDoesNotTake()
    {
        await AskAsync(false, [new(ChatRole.User, "x")], new ChatOptions { Temperature = 1.5f, TopP = 0.5f, MaxOutputTokens = 9_999_999, StopSequences = ["END", " "] });
        var sent = _bedrock.Requests.Single().Body["inferenceConfig"]!;
        Assert.Equal("""{"maxTokens":64000,"temperature":1,"stopSequences":["END"]}""", sent.ToJsonString());
    }

    /// <summary>Lengths in characters, four to a token; places as they stand in the request: tools, system, turns by index.</summary>
    [Theory(Timeout = 180_000)]
    [InlineData("claude-sonnet-4-5", 5000, 100, 100, 3, "tools,system,0,2")]
    [InlineData("claude-sonnet-4-5", 100, 5000, 100, 3, "system,0,2")]
    [InlineData("claude-sonnet-4-5", 100, 0, 5000, 3, "0,2")]
    [InlineData("claude-sonnet-4-5", 100, 1500, 800, 5, "4")]
    [InlineData("claude-sonnet-4-5", 5000, 5000, 5000, 7, "tools,system,4,6")]
    [InlineData("claude-sonnet-4-5", 5000, 5000, 5000, 1, "")]
    [InlineData("claude-sonnet-4-5", 100, 100, 100, 5, "")]
    [InlineData("claude-haiku-4-5", 5000, 5000, 100, 3, "")]
    [InlineData("claude-haiku-4-5", 5000, 5000, 5000, 5, "2,4")]
    [InlineData("nova-lite", 5000, 100, 100, 3, "system,0,2")]
    [InlineData("llama-3-3-70b", 5000, 5000, 5000, 3, "")]
    public async Task Request_ConversationThatGoesOn_IsKeptByTheProviderWhereThatPays(string name, int tools, int system, int turn, int turns, string places)
    {
        await AskToKeepAsync(_host, name, tools, system, turn, turns);
        Assert.Equal(places, Places(_bedrock.Requests.Single().Body));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("true", "0.3", "system,0,2")]
    [InlineData("true", "1.75", "")]
    [InlineData("false", "0.3", "")]
    public async Task Request_KeepingIsTurnedOffOrDearer_IsNotKept(string isOn, string read, string places)
    {
        using var file = new TemporaryFile($$"""{ "models": [{ "id": "plain", "provider": "bedrock", "upstream": "some.plain-v1", "capabilities": ["system", "promptCache"], "prices": [{ "input": 1, "cacheRead": {{read}}, "cacheWrite5m": 1.25 }] }] }""");
        using var host = Host(("Nura:Models:Catalog", file.Path), ("Nura:Models:Bedrock:PromptCache", isOn));
        await AskToKeepAsync(host, "plain", 0, 5000, 100, 3);
        Assert.Equal(places, Places(_bedrock.Requests.Single().Body));
    }

    private static Task<ChatResponse> AskToKeepAsync(IHost host, string name, int tools, int system, int turn, int turns)
    {
        List<ChatMessage> messages = [new(ChatRole.System, new string('s', system)), .. Enumerable.Range(0, turns).Select(i => new ChatMessage(i % 2 == 0 ? ChatRole.User : ChatRole.Assistant, new string('t', turn)))];
        var options = new ChatOptions { Tools = tools == 0 ? null : [AIFunctionFactory.CreateDeclaration("f", new string('d', tools), System.Text.Json.JsonSerializer.SerializeToElement(new { type = "object" }))] };
        return host.Get<ChatClients>().For(host.Get<ModelCatalog>().Find(name)!).GetResponseAsync(messages, options);
    }

    private static string Places(JsonObject sent)
    {
        static bool Ends(JsonNode? list) => list?.AsArray()[^1]!.ToJsonString() == """{"cachePoint":{"type":"default"}}""";
        List<string> places = [.. Ends(sent["toolConfig"]?["tools"]) ? ["tools"] : (string[])[], .. Ends(sent["system"]) ? ["system"] : (string[])[]];
        places.AddRange(sent["messages"]!.AsArray().Index().Where(turn => Ends(turn.Item!["content"])).Select(turn => $"{turn.Index}"));
        // None stands anywhere else.
        Assert.Equal(places.Count, sent.ToJsonString().Split("cachePoint").Length - 1);
        return string.Join(',', places);
    }

    [Fact(Timeout = 180_000)]
    public async Task Request_ModelWithoutSystemPrompt_TellsItInTheFirstTurn()
    {
        using var file = new TemporaryFile("""{ "models": [{ "id": "plain", "provider": "bedrock", "upstream": "some.plain-v1" }] }""");
        using var host = Host(("Nura:Models:Catalog", file.Path));
        await host.Get<ChatClients>().For(host.Get<ModelCatalog>().Find("plain")!).GetResponseAsync([new(ChatRole.System, "Be brief."), new(ChatRole.User, "x")]);
        Assert.Equal("""[{"role":"user","content":[{"text":"Be brief.\n\n"},{"text":"x"}]}]""", _bedrock.Requests.Single().Body["messages"]!.ToJsonString());
    }

    [Fact(Timeout = 180_000)]
    public async Task Request_BearerKeyConfigured_IsSentInsteadOfASignature()
    {
        using var host = Host(("Nura:Models:Bedrock:ApiKey", "test-bedrock-key"));
        Assert.Equal("x", (await AskAsync(false, [new(ChatRole.User, "x")], host: host)).Text);
    }

    [Fact(Timeout = 180_000)]
    public async Task Request_WrongSecret_IsRefusedWithWhatToCheck()
    {
        using var host = Host(("Nura:Models:Bedrock:SecretAccessKey", "wrong"));
        var exception = await Assert.ThrowsAsync<ModelException>(() => AskAsync(false, [new(ChatRole.User, "x")], host: host));
        Assert.Equal((502, false, "provider_credentials_refused"), (exception.Status, exception.IsRetryable, exception.Code));
        Assert.Contains("Nura:Models:Bedrock", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Request_ApplicationProfile_IsCalledByItsArnWithTheModelsCapabilities()
    {
        const string Arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123";
        using var host = Host(("Nura:Models:Bedrock:ApplicationProfiles:team-a:Arn", Arn), ("Nura:Models:Bedrock:ApplicationProfiles:team-a:Model", "claude-haiku-4-5"));
        var model = host.Get<ModelCatalog>().Find(Arn)!;

        Assert.Equal("x", (await host.Get<ChatClients>().For(model).GetResponseAsync("x")).Text);
        Assert.Equal(Arn, _bedrock.Requests.Single().Model);
        Assert.True(model.Can(Capabilities.PromptCache));
        Assert.Equal(1m, model.Prices[0].Input);
    }

    [Fact(Timeout = 180_000)]
    public async Task Request_ModelThatNeedsAProfile_IsLearnedFromTheRefusal()
    {
        using var file = new TemporaryFile("""{ "models": [{ "id": "new", "provider": "bedrock", "upstream": "some.new-v1" }] }""");
        using var host = Host(("Nura:Models:Catalog", file.Path));
        _bedrock.Instead = async (context, _, _) =>
        {
            var known = context.Request.Path.Value!.Contains("/us.some", StringComparison.Ordinal);
            if (!known)
            {
                await FakeBedrock.ErrorAsync(context, 400, "ValidationException", "Invocation of model ID some.new-v1 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile.");
            }

            return !known;
        };

        var client = host.Get<ChatClients>().For(host.Get<ModelCatalog>().Find("new")!);
        await client.GetResponseAsync("x");
        await client.GetResponseAsync("x");
        Assert.Equal(["some.new-v1", "us.some.new-v1", "us.some.new-v1"], _bedrock.Requests.Select(request => request.Model));
    }

    [Fact(Timeout = 180_000)]
    public async Task Answer_ModelHasReachedItsEnd_IsLearnedByTheCatalog()
    {
        _bedrock.Instead = async (context, _, _) =>
        {
            await FakeBedrock.ErrorAsync(context, 404, "ResourceNotFoundException", "This model version has reached the end of its life. Please refer to the AWS documentation for more details.");
            return true;
        };
        var catalog = _host.Get<ModelCatalog>();
        var exception = await Assert.ThrowsAsync<ModelException>(() => AskAsync(false, [new(ChatRole.User, "x")]));

        Assert.Equal((404, "model_ended"), (exception.Status, exception.Code));
        Assert.True(catalog.HasEnded(catalog.Find("claude-haiku-4-5")!));
    }

    [Theory(Timeout = 180_000)]
    [InlineData(400, "ValidationException", false)]
    [InlineData(408, "ModelTimeoutException", true)]
    [InlineData(424, "ModelErrorException", true)]
    [InlineData(429, "ThrottlingException", true)]
    [InlineData(500, "InternalServerException", true)]
    [InlineData(503, "ServiceUnavailableException", true)]
    public async Task Answer_Refused_KeepsStatusTypeAndWords(int status, string type, bool retryable)
    {
        _bedrock.Instead = async (context, _, _) =>
        {
            await FakeBedrock.ErrorAsync(context, status, type, "because I say so");
            return true;
        };

        foreach (var stream in (bool[])[false, true])
        {
            var exception = await Assert.ThrowsAsync<ModelException>(() => AskAsync(stream, [new(ChatRole.User, "x")]));
            Assert.Equal((status, type, retryable, "because I say so"), (exception.Status, exception.Code, exception.IsRetryable, exception.UpstreamMessage));
        }
    }

    [Theory(Timeout = 180_000)]
    [InlineData("exception", 429, "throttlingException")]
    [InlineData("checksum", 502, "upstream_broken_off")]
    [InlineData("cut", 502, "upstream_broken_off")]
    [InlineData("end", 502, "upstream_broken_off")]
    [InlineData("garbage", 502, "invalid_upstream_answer")]
    public async Task Stream_GoesWrongInTheMiddle_DeliversWhatCameAndThenFails(string how, int status, string code)
    {
        _bedrock.Instead = async (context, _, _) =>
        {
            var frames = FakeBedrock.Stream(["one", " two"], null, _bedrock.Usage).ToList();
            var middle = how switch
            {
                "exception" => EventFrames.Exception("throttlingException", "Too many tokens"),
                "checksum" => [.. frames[2][..^1], (byte)(frames[2][^1] ^ 1)],
                "cut" => frames[2][..20],
                "garbage" => EventFrames.Write([(":event-type", "contentBlockDelta"), (":message-type", "event")], Encoding.ASCII.GetBytes("{oops")),
                _ => [],
            };
            await context.Response.Body.WriteAsync((byte[])[.. frames[0], .. frames[1], .. middle]);
            return true;
        };

        var text = "";
        var exception = await Assert.ThrowsAsync<ModelException>(async () =>
        {
            // Not one that can go on where it ended: that is another test.
            await foreach (var update in _host.Get<ChatClients>().For(_host.Get<ModelCatalog>().Find("claude-sonnet-4-6")!).GetStreamingResponseAsync("x"))
            {
                text += update.Text;
            }
        });
        Assert.Equal("one", text);
        Assert.Equal((status, code, true), (exception.Status, exception.Code, exception.IsRetryable));
    }

    [Fact]
    public void For_NoRegion_SaysWhichKeyToSet()
    {
        using var host = ModelsHost.Build();
        var exception = Assert.Throws<ModelException>(() => host.Get<ChatClients>().For(host.Get<ModelCatalog>().Find("claude-haiku")!));
        Assert.Contains("Nura:Models:Bedrock:Region", exception.Message, StringComparison.Ordinal);
    }

    private static IChatClient Client(IHost host) => host.Get<ChatClients>().For(host.Get<ModelCatalog>().Find("claude-haiku-4-5")!);

    private IHost Host(params (string, string)[] more) => ModelsHost.Build([
        ("Nura:Models:Bedrock:Region", "us-east-1"),
        ("Nura:Models:Bedrock:Endpoint", _bedrock.Url),
        ("Nura:Models:Bedrock:AccessKeyId", AwsSignature.AccessKey),
        ("Nura:Models:Bedrock:SecretAccessKey", AwsSignature.Secret),
        .. more]);

    private Task<ChatResponse> AskAsync(bool stream, IList<ChatMessage> messages, ChatOptions? options = null, IHost? host = null) => stream
        ? Client(host ?? _host).GetStreamingResponseAsync(messages, options).ToChatResponseAsync()
        : Client(host ?? _host).GetResponseAsync(messages, options);
}
