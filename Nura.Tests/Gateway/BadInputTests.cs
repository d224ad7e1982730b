using System.Text;
using System.Text.Json.Nodes;
using Nura.Tests.Databases;

namespace Nura.Tests.Gateway;

/// <summary>Whatever is wrong with a request, the caller is told so in the dialect he speaks, and nothing is asked or paid for.</summary>
public sealed class BadInputTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;
    private const string Haiku = "us.anthropic.claude-haiku-4-5-20251001-v1%3A0";
    private const string Image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private static readonly string[] s_paths =
    [
        "/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/v1/messages", "/v1/messages/count_tokens",
        "/model/mock/converse", "/model/mock/converse-stream", "/model/mock/invoke", "/model/mock/invoke-with-response-stream",
        $"/model/{Haiku}/converse", $"/model/{Haiku}/converse-stream",
    ];

    /// <summary>Wrong in every dialect alike.</summary>
    private static readonly string[] s_bodies =
    [
        "", "{", "[]", "null", "7", "\"text\"", "{}", """{"model":7}""", """{"messages":7,"input":{},"inputText":7}""", """{"model":"claude-haiku-4-5","messages":[7],"input":[7],"max_tokens":10}""",
        new string('[', 5_000), """{"model":"claude-haiku-4-5","max_tokens":10,"messages":[{"role":"user","content":"\ud800"}],"input":"\ud800"}""",
    ];

    [Fact(Timeout = Hang)]
    public async Task Body_Broken_IsRefusedInTheCallersDialect()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        foreach (var path in s_paths)
        {
            foreach (var body in s_bodies.Where(body => !path.Contains(Haiku, StringComparison.Ordinal) || body.Length is 0 or 1 or > 4_000))
            {
                using var response = await gateway.PostAsync(path, body);
                await RefusedAsync(response, 400, $"{path} {body[..Math.Min(body.Length, 100)]}");
            }
        }

        Assert.Empty(gateway.First.Requests);
        Assert.Empty(gateway.Bedrock.Requests);
    }

    [Theory(Timeout = Hang)]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")]
    [InlineData("/api/keys")]
    public async Task Body_NotSaidToBeJson_IsRefusedWithTheHeaderToSend(string path)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var content = new StringContent("{}", Encoding.UTF8, "application/x-www-form-urlencoded");

        using var response = await gateway.Service.Http.PostAsync(path, content);

        Assert.Equal(415, (int)response.StatusCode);
        Assert.Contains("Content-Type: application/json", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Body_OfTwentyMegabytes_IsRefusedInTheCallersDialect()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        var body = $$"""{"model":"claude-haiku-4-5","messages":[{"role":"user","content":"{{new string('x', 20 * 1_024 * 1_024)}}"}]}""";
        foreach (var path in s_paths)
        {
            using var response = await gateway.PostAsync(path, body);
            await RefusedAsync(response, 413, path);
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Body_TooLong_IsRefusedWithTheLimitInEveryDialect()
    {
        await using var gateway = await GatewayHost.StartAsync(databases, ("Nura:Api:MaxBodyBytes", "2048"));
        var body = $$"""{"model":"claude-haiku-4-5","messages":[{"role":"user","content":"{{new string('x', 4_000)}}"}]}""";
        foreach (var path in s_paths)
        {
            using var response = await gateway.PostAsync(path, body);
            await RefusedAsync(response, 413, path);
            Assert.Contains("2048", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory(Timeout = Hang)]
    [InlineData("/v1/messages", """{"model":"nobody","max_tokens":10,"messages":[{"role":"user","content":"x"}]}""", 404)]
    [InlineData("/v1/messages/count_tokens", """{"model":"nobody","messages":[{"role":"user","content":"x"}]}""", 404)]
    [InlineData("/v1/embeddings", """{"model":"nobody","input":"x"}""", 404)]
    [InlineData("/model/nobody/converse", """{"messages":[{"role":"user","content":[{"text":"x"}]}]}""", 404)]
    [InlineData("/model/nobody/invoke", "{}", 404)]
    [InlineData("/v1/embeddings", """{"model":"claude-haiku-4-5","input":"x"}""", 400)]
    [InlineData("/v1/messages", """{"model":"titan-embed-text-v2","max_tokens":10,"messages":[{"role":"user","content":"x"}]}""", 400)]
    [InlineData("/v1/chat/completions", """{"model":"titan-embed-text-v2","messages":[{"role":"user","content":"x"}]}""", 400)]
    [InlineData("/v1/responses", """{"model":"titan-embed-text-v2","input":"x"}""", 400)]
    [InlineData("/model/mock-embed/converse", """{"messages":[{"role":"user","content":[{"text":"x"}]}]}""", 400)]
    public async Task Model_UnknownOrOfAnotherKind_IsRefusedInTheCallersDialect(string path, string body, int status)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var response = await gateway.PostAsync(path, body);
        await RefusedAsync(response, status, body);
    }

    [Theory(Timeout = Hang)]
    // What the model cannot do, as the catalog has it: images and tools for one that has neither, addresses of images on Bedrock.
    [InlineData("/v1/responses", """{"model":"mock","input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,IMAGE"}]}]}""")]
    [InlineData("/v1/messages", """{"model":"mock","max_tokens":10,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"IMAGE"}}]}]}""")]
    [InlineData("/model/mock/converse", """{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"IMAGE"}}}]}]}""")]
    [InlineData("/model/mock/converse", """{"messages":[{"role":"user","content":[{"document":{"format":"pdf","name":"x","source":{"bytes":"IMAGE"}}}]}]}""")]
    [InlineData("/v1/responses", """{"model":"lonely","input":"x","tools":[{"type":"function","name":"f","parameters":{}}]}""")]
    [InlineData("/v1/messages", """{"model":"lonely","max_tokens":10,"messages":[{"role":"user","content":"x"}],"tools":[{"name":"f","input_schema":{}}]}""")]
    [InlineData("/model/lonely/converse", """{"messages":[{"role":"user","content":[{"text":"x"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{}}}}]}}""")]
    [InlineData("/v1/chat/completions", """{"model":"claude-haiku-4-5","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"claude-haiku-4-5","logprobs":true,"messages":[{"role":"user","content":"x"}]}""")]
    // What would be left out of the question, and numbers beyond every scale.
    [InlineData("/v1/messages", """{"model":"mock","max_tokens":10,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"IMAGE"}}]}]}""")]
    [InlineData("/v1/messages", """{"model":"mock","max_tokens":10,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"document"}]}]}]}""")]
    [InlineData("/v1/messages", """{"model":"mock","max_tokens":10,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"IMAGE"}}]}]}]}""")]
    [InlineData("/v1/responses", """{"model":"mock","input":[{"type":"function_call_output","call_id":"1","output":[{"type":"input_file","file_data":"x"}]}]}""")]
    [InlineData("/model/mock/converse", """{"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"document":{"format":"pdf"}}]}}]}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"claude-haiku-4-5","messages":[{"role":"tool","tool_call_id":"1","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,IMAGE"}}]}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"nura","messages":[{"role":"user","content":[{"type":"text","text":"?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,IMAGE"}}]}]}""")]
    [InlineData("/v1/messages", """{"model":"mock","max_tokens":10,"temperature":1e39,"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("/model/mock/converse", """{"inferenceConfig":{"topP":1e39},"messages":[{"role":"user","content":[{"text":"x"}]}]}""")]
    // Broken calls of tools.
    [InlineData("/v1/chat/completions", """{"model":"claude-haiku-4-5","messages":[{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{"}}]}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"claude-haiku-4-5","messages":[{"role":"assistant","tool_calls":[{"function":{}}]}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"claude-haiku-4-5","messages":[{"role":"tool","content":"x"}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"claude-haiku-4-5","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]}""")]
    [InlineData("/v1/responses", """{"model":"mock","input":[{"type":"function_call","call_id":"1","name":"f","arguments":"{"}]}""")]
    [InlineData("/v1/responses", """{"model":"mock","input":[{"type":"function_call_output","output":"x"}]}""")]
    [InlineData("/v1/responses", """{"model":"mock","input":"x","tools":[{"type":"function"}]}""")]
    [InlineData("/v1/messages", """{"model":"mock","max_tokens":10,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"1","input":{}}]}]}""")]
    [InlineData("/v1/messages", """{"model":"mock","max_tokens":10,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":"{"}]}]}""")]
    [InlineData("/v1/messages", """{"model":"mock","max_tokens":10,"messages":[{"role":"user","content":[{"type":"tool_result","content":"x"}]}]}""")]
    [InlineData("/model/mock/converse", """{"messages":[{"role":"assistant","content":[{"toolUse":{"toolUseId":"1"}}]}]}""")]
    [InlineData("/model/mock/converse", """{"messages":[{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"f","input":"{"}}]}]}""")]
    [InlineData("/model/mock/converse-stream", """{"messages":[{"role":"user","content":[{"toolResult":{"content":[]}}]}]}""")]
    [InlineData("/model/mock/invoke", """{"max_tokens":10,"messages":[{"role":"user","content":[{"type":"tool_result"}]}]}""")]
    public async Task Request_ThatTheModelCannotServe_IsRefusedInTheCallersDialect(string path, string body)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var response = await gateway.PostAsync(path, body.Replace("IMAGE", Image, StringComparison.Ordinal));
        await RefusedAsync(response, 400, body);
        Assert.Empty(gateway.First.Requests);
        Assert.Empty(gateway.Bedrock.Requests);
    }

    /// <summary>OpenAI: <c>error.type</c> and <c>error.message</c>. Anthropic: the same inside <c>type: error</c>. Bedrock: the type in a header, the words in <c>message</c>.</summary>
    private static async Task RefusedAsync(HttpResponseMessage response, int status, string what)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{what} gave {(int)response.StatusCode}: {text}");
        var body = JsonNode.Parse(Encoding.UTF8.GetBytes(text))!;
        var path = response.RequestMessage!.RequestUri!.AbsolutePath;
        string? message;
        if (path.StartsWith("/model", StringComparison.Ordinal))
        {
            Assert.EndsWith("Exception", response.Headers.GetValues("x-amzn-errortype").Single(), StringComparison.Ordinal);
            message = (string?)body["message"];
        }
        else
        {
            Assert.Equal(path.StartsWith("/v1/messages", StringComparison.Ordinal) ? "error" : null, (string?)body["type"]);
            Assert.NotEmpty((string)body["error"]!["type"]!);
            message = (string?)body["error"]!["message"];
        }

        Assert.True(message?.Length > 10, $"{what} says only: {message}");
        // A place in the body is told where there is one, and never left empty.
        Assert.DoesNotContain("line ,", message, StringComparison.Ordinal);
    }
}
