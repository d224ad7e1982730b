using System.Text.Json;
using Microsoft.Extensions.AI;
using Nura.Api.Bedrock;
using Nura.Tests.Databases;

namespace Nura.Tests.Gateway;

/// <summary>What tools show, and not only say, reaches the model.</summary>
public sealed class ShownResultTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 120_000;
    private const string Picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    [Theory(Timeout = Hang)]
    [InlineData("/v1/messages", """
        {"model":"claude-haiku-4-5","max_tokens":10,"messages":[{"role":"user","content":"Look"},
         {"role":"assistant","content":[{"type":"tool_use","id":"1","name":"see","input":{}},{"type":"tool_use","id":"2","name":"read","input":{}}]},
         {"role":"user","content":[
           {"type":"tool_result","tool_use_id":"1","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"PICTURE"}}]},
           {"type":"tool_result","tool_use_id":"2","content":"text"}]}]}
        """)]
    [InlineData("/v1/responses", """
        {"model":"claude-haiku-4-5","input":[{"role":"user","content":"Look"},
         {"type":"function_call","call_id":"1","name":"see","arguments":"{}"},{"type":"function_call","call_id":"2","name":"read","arguments":"{}"},
         {"type":"function_call_output","call_id":"1","output":[{"type":"input_image","image_url":"data:image/png;base64,PICTURE"}]},
         {"type":"function_call_output","call_id":"2","output":[{"type":"input_text","text":"text"}]}]}
        """)]
    public async Task Result_WithAnImage_IsFollowedByIt(string path, string body)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);

        using var response = await gateway.PostAsync(path, body.Replace("PICTURE", Picture, StringComparison.Ordinal));

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        var turn = gateway.Bedrock.Requests.Single().Body["messages"]!.AsArray()[^1]!["content"]!.AsArray();
        Assert.Equal(["(Its images follow.)", "text"], turn.Take(2).Select(block => (string?)block!["toolResult"]!["content"]![0]!["text"]));
        Assert.Equal(Picture, (string?)Assert.Single(turn.Skip(2))!["image"]!["source"]!["bytes"]);
    }

    [Fact]
    public void ConverseBody_ResultWithAnImage_IsFollowedByIt()
    {
        using var body = JsonDocument.Parse("""
            {"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"text":"A picture"},{"image":{"format":"png","source":{"bytes":"PICTURE"}}}]}}]}]}
            """.Replace("PICTURE", Picture, StringComparison.Ordinal));

        var messages = ConverseBody.Read(body.RootElement).Messages;

        Assert.Equal("A picture\n(Its images follow.)", Assert.IsType<FunctionResultContent>(Assert.Single(messages[0].Contents)).Result);
        Assert.Equal((ChatRole.User, "image/png"), (messages[1].Role, Assert.IsType<DataContent>(Assert.Single(messages[1].Contents)).MediaType));
    }
}
