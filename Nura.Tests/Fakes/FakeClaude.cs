using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Nura.Tests.Fakes;

/// <summary>InvokeModel of Claude on our Bedrock double: its own body and stream, as the API reference describes them ("Anthropic Claude Messages API"); tried with AWS' own client.</summary>
internal static class FakeClaude
{
    public static async Task AnswerAsync(HttpContext context, JsonObject body, bool stream)
    {
        if ((string?)body["anthropic_version"] != "bedrock-2023-05-31")
        {
            await FakeBedrock.ErrorAsync(context, 400, "ValidationException", "anthropic_version: Field required");
            return;
        }

        if (body["max_tokens"] is null || body.ContainsKey("model") || body.ContainsKey("stream"))
        {
            await FakeBedrock.ErrorAsync(context, 400, "ValidationException", body["max_tokens"] is null ? "max_tokens: Field required" : "model: Extra inputs are not permitted");
            return;
        }

        var content = body["messages"]!.AsArray()[^1]!["content"]!;
        var blocks = content as JsonArray ?? [new JsonObject { ["type"] = "text", ["text"] = (string)content! }];
        var result = blocks.FirstOrDefault(block => (string?)block!["type"] == "tool_result")?["content"];
        var text = result is JsonArray parts ? (string?)parts[0]!["text"] : (string?)result ?? (string?)blocks[^1]!["text"];
        var tool = result is null ? (string?)body["tools"]?[0]?["name"] : null;
        var block = tool is null
            ? new JsonObject { ["type"] = "text", ["text"] = text }
            : new JsonObject { ["type"] = "tool_use", ["id"] = "toolu_bdrk_1", ["name"] = tool, ["input"] = new JsonObject { ["path"] = "README.md" } };
        var reason = tool is null ? "end_turn" : "tool_use";
        context.Response.Headers["X-Amzn-Bedrock-Input-Token-Count"] = "25";
        context.Response.Headers["X-Amzn-Bedrock-Output-Token-Count"] = "7";
        if (stream)
        {
            context.Response.ContentType = "application/vnd.amazon.eventstream";
            foreach (var piece in Stream(block, text ?? "", reason))
            {
                var bytes = Convert.ToBase64String(Encoding.UTF8.GetBytes(piece.ToJsonString()));
                await context.Response.Body.WriteAsync(EventFrames.Event("chunk", new JsonObject { ["bytes"] = bytes, ["p"] = "abcdefg" }));
            }

            return;
        }

        var message = Message(new JsonArray(block), reason);
        message["usage"] = new JsonObject { ["input_tokens"] = 25, ["cache_creation_input_tokens"] = 0, ["cache_read_input_tokens"] = 0, ["output_tokens"] = 7 };
        await context.Response.WriteAsJsonAsync(message);
    }

    private static IEnumerable<JsonObject> Stream(JsonObject block, string text, string reason)
    {
        var begin = Message([], null);
        begin["usage"] = new JsonObject { ["input_tokens"] = 25, ["cache_creation_input_tokens"] = 0, ["cache_read_input_tokens"] = 0, ["output_tokens"] = 1 };
        yield return new JsonObject { ["type"] = "message_start", ["message"] = begin };
        var isText = (string?)block["type"] == "text";
        var start = block.DeepClone().AsObject();
        start[isText ? "text" : "input"] = isText ? "" : new JsonObject();
        yield return new JsonObject { ["type"] = "content_block_start", ["index"] = 0, ["content_block"] = start };
        foreach (var word in isText ? text.Split(' ').Select((word, i) => i == 0 ? word : $" {word}") : ["{\"path\":\"READ", "ME.md\"}"])
        {
            yield return new JsonObject
            {
                ["type"] = "content_block_delta",
                ["index"] = 0,
                ["delta"] = isText ? new JsonObject { ["type"] = "text_delta", ["text"] = word } : new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = word },
            };
        }

        yield return new JsonObject { ["type"] = "content_block_stop", ["index"] = 0 };
        yield return new JsonObject { ["type"] = "message_delta", ["delta"] = new JsonObject { ["stop_reason"] = reason, ["stop_sequence"] = null }, ["usage"] = new JsonObject { ["output_tokens"] = 7 } };
        yield return new JsonObject
        {
            ["type"] = "message_stop",
            ["amazon-bedrock-invocationMetrics"] = new JsonObject { ["inputTokenCount"] = 25, ["outputTokenCount"] = 7, ["invocationLatency"] = 12, ["firstByteLatency"] = 5 },
        };
    }

    private static JsonObject Message(JsonArray content, string? reason) => new()
    {
        ["id"] = "msg_bdrk_1",
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = "claude",
        ["content"] = content,
        ["stop_reason"] = reason,
        ["stop_sequence"] = null,
    };
}
