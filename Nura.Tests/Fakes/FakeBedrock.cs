using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Nura.Tests.Fakes;

/// <summary>Bedrock's runtime on the loopback: checks signatures and the rules Converse insists on, speaks the real wire format (tried with AWS' own client), and can misbehave.</summary>
/// <remarks>It repeats the last user text; offered tools, it calls the first one with <c>{"path":"README.md"}</c> and repeats the result afterwards.</remarks>
internal sealed class FakeBedrock : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeBedrock(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>Model ids and bodies received, in order.</summary>
    public ConcurrentQueue<(string Model, string Operation, JsonObject Body)> Requests { get; } = [];

    /// <summary>Answers instead of the usual behaviour when set; false goes on with the usual behaviour.</summary>
    public Func<HttpContext, string, JsonObject, Task<bool>>? Instead { get; set; }

    /// <summary>Usage to report.</summary>
    public JsonObject Usage { get; set; } = new() { ["inputTokens"] = 25, ["outputTokens"] = 7, ["totalTokens"] = 32 };

    /// <summary>Application inference profiles of the account: ARNs, with those of the models behind.</summary>
    public ConcurrentDictionary<string, string[]> Profiles { get; } = new();

    /// <summary>Profiles asked about, in order.</summary>
    public ConcurrentQueue<string> ProfilesAsked { get; } = [];

    public static async Task<FakeBedrock> StartAsync()
    {
        var app = Loopback.Create();
        var fake = new FakeBedrock(app);
        app.MapPost("/model/{id}/{operation}", fake.AnswerAsync);
        app.MapGet("/inference-profiles/{id}", fake.ProfileAsync);
        await app.StartAsync();
        return fake;
    }

    public static Task ErrorAsync(HttpContext context, int status, string type, string message)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["x-amzn-errortype"] = type + ":http://internal.amazon.com/coral/com.amazon.bedrock/";
        return context.Response.WriteAsJsonAsync(new { message });
    }

    /// <summary>The events of a streamed answer, in Bedrock's order, each with the random padding that Bedrock adds.</summary>
    public static IEnumerable<byte[]> Stream(IEnumerable<string> pieces, (string Name, string Input)? call, JsonObject usage)
    {
        yield return EventFrames.Event("messageStart", new JsonObject { ["role"] = "assistant", ["p"] = "abcd" });
        if (call is var (name, input))
        {
            yield return EventFrames.Event("contentBlockStart", new JsonObject { ["contentBlockIndex"] = 0, ["start"] = new JsonObject { ["toolUse"] = new JsonObject { ["toolUseId"] = "tooluse_1", ["name"] = name } }, ["p"] = "ab" });
            foreach (var half in (string[])[input[..5], input[5..]])
            {
                yield return EventFrames.Event("contentBlockDelta", new JsonObject { ["contentBlockIndex"] = 0, ["delta"] = new JsonObject { ["toolUse"] = new JsonObject { ["input"] = half } }, ["p"] = "abcdef" });
            }
        }
        else
        {
            foreach (var piece in pieces)
            {
                yield return EventFrames.Event("contentBlockDelta", new JsonObject { ["contentBlockIndex"] = 0, ["delta"] = new JsonObject { ["text"] = piece }, ["p"] = "abcdefghijkl" });
            }
        }

        yield return EventFrames.Event("contentBlockStop", new JsonObject { ["contentBlockIndex"] = 0, ["p"] = "a" });
        yield return EventFrames.Event("messageStop", new JsonObject { ["stopReason"] = call is null ? "end_turn" : "tool_use", ["p"] = "abc" });
        yield return EventFrames.Event("metadata", new JsonObject { ["usage"] = usage.DeepClone(), ["metrics"] = new JsonObject { ["latencyMs"] = 12 }, ["p"] = "abcdefg" });
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, string id, string operation)
    {
        using var received = new MemoryStream();
        await context.Request.Body.CopyToAsync(received);
        context.Response.Headers["x-amzn-requestid"] = "11111111-2222-3333-4444-555555555555";
        if (AwsSignature.Check(context, received.ToArray(), "bedrock") is { } wrong)
        {
            await ErrorAsync(context, 403, "InvalidSignatureException", wrong);
            return;
        }

        var body = JsonNode.Parse(received.ToArray())!.AsObject();
        Requests.Enqueue((Uri.UnescapeDataString(id), operation, body));
        if (Instead is not null && await Instead(context, operation, body))
        {
            return;
        }

        switch (operation)
        {
            case "converse" or "converse-stream":
                if (WhatConverseRefuses(body) is { } refusal)
                {
                    await ErrorAsync(context, 400, "ValidationException", refusal);
                }
                else
                {
                    await ConverseAsync(context, body, operation == "converse-stream");
                }

                break;
            case "invoke" or "invoke-with-response-stream" when id.Contains("anthropic.", StringComparison.Ordinal):
                await FakeClaude.AnswerAsync(context, body, operation != "invoke");
                break;
            case "invoke":
                await EmbedAsync(context, Profiles.TryGetValue(Uri.UnescapeDataString(id), out var models) ? models[0][(models[0].IndexOf('/', StringComparison.Ordinal) + 1)..] : id, body);
                break;
            default:
                await ErrorAsync(context, 404, "UnknownOperationException", operation);
                break;
        }
    }

    /// <summary>GetInferenceProfile of the control plane.</summary>
    private Task ProfileAsync(HttpContext context, string id)
    {
        var arn = Uri.UnescapeDataString(id);
        ProfilesAsked.Enqueue(arn);
        return AwsSignature.Check(context, [], "bedrock") is { } wrong ? ErrorAsync(context, 403, "InvalidSignatureException", wrong)
            : arn.EndsWith("/forbidden", StringComparison.Ordinal) ? ErrorAsync(context, 403, "AccessDeniedException", "User: role is not authorized to perform: bedrock:GetInferenceProfile")
            : !Profiles.TryGetValue(arn, out var models) ? ErrorAsync(context, 404, "ResourceNotFoundException", "The specified inference profile does not exist.")
            : context.Response.WriteAsJsonAsync(new JsonObject
            {
                ["inferenceProfileArn"] = arn,
                ["inferenceProfileId"] = arn[(arn.LastIndexOf('/') + 1)..],
                ["inferenceProfileName"] = "team-a",
                ["models"] = new JsonArray([.. models.Select(model => (JsonNode)new JsonObject { ["modelArn"] = model })]),
                ["status"] = "ACTIVE",
                ["type"] = "APPLICATION",
                ["createdAt"] = "2026-10-01T00:00:00Z",
                ["updatedAt"] = "2026-10-01T00:00:00Z",
            });
    }

    private async Task ConverseAsync(HttpContext context, JsonObject body, bool stream)
    {
        var content = body["messages"]!.AsArray()[^1]!["content"]!.AsArray();
        var result = content.FirstOrDefault(block => block!["toolResult"] is not null)?["toolResult"]?["content"]?[0]?["text"];
        var text = (string?)(result ?? content.LastOrDefault(block => block!["text"] is not null)?["text"]) ?? "";
        var tool = result is null ? (string?)body["toolConfig"]?["tools"]?[0]?["toolSpec"]?["name"] : null;
        if (stream)
        {
            context.Response.ContentType = "application/vnd.amazon.eventstream";
            var words = text.Split(' ').Select((word, i) => i == 0 ? word : $" {word}");
            foreach (var frame in Stream(words, tool is null ? null : (tool, """{"path":"README.md"}"""), Usage))
            {
                await context.Response.Body.WriteAsync(frame);
            }

            return;
        }

        JsonNode block = tool is null
            ? new JsonObject { ["text"] = text }
            : new JsonObject { ["toolUse"] = new JsonObject { ["toolUseId"] = "tooluse_1", ["name"] = tool, ["input"] = new JsonObject { ["path"] = "README.md" } } };
        await context.Response.WriteAsJsonAsync(new JsonObject
        {
            ["output"] = new JsonObject { ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray(block) } },
            ["stopReason"] = tool is null ? "end_turn" : "tool_use",
            ["usage"] = Usage.DeepClone(),
            ["metrics"] = new JsonObject { ["latencyMs"] = 12 },
        });
    }

    /// <summary>The rules that Bedrock is known to enforce.</summary>
    private static string? WhatConverseRefuses(JsonObject body)
    {
        var messages = body["messages"]?.AsArray() ?? [];
        var expected = "user";
        HashSet<string> open = [];
        foreach (var message in messages)
        {
            if ((string?)message!["role"] != expected)
            {
                return $"A conversation must alternate between user and assistant roles; expected {expected}.";
            }

            expected = expected == "user" ? "assistant" : "user";
            var content = message["content"]!.AsArray();
            if (content.Count == 0 || content.Any(block => block!["text"] is { } text && string.IsNullOrWhiteSpace((string?)text)))
            {
                return "The text field in the ContentBlock object is blank.";
            }

            open.ExceptWith(content.Where(block => block!["toolResult"] is not null).Select(block => (string)block!["toolResult"]!["toolUseId"]!));
            if (open.Count > 0)
            {
                return $"Expected toolResult blocks for the following Ids: {string.Join(", ", open)}";
            }

            open = [.. content.Where(block => block!["toolUse"] is not null).Select(block => (string)block!["toolUse"]!["toolUseId"]!)];
        }

        return messages.Count == 0 ? "messages is required"
            : open.Count > 0 ? "The conversation ends with tool calls that have no result."
            : messages.ToJsonString().Contains("toolUse\":{", StringComparison.Ordinal) && body["toolConfig"] is null ? "The toolConfig field must be defined when using toolUse and toolResult content blocks."
            : body["inferenceConfig"]?["temperature"] is not null && body["inferenceConfig"]?["topP"] is not null ? "temperature and top_p cannot both be specified for this model."
            : null;
    }

    private static async Task EmbedAsync(HttpContext context, string id, JsonObject body)
    {
        if (id.StartsWith("amazon.titan-embed", StringComparison.Ordinal))
        {
            if (body["inputText"] is not JsonValue text)
            {
                await ErrorAsync(context, 400, "ValidationException", "Malformed input request: inputText is required");
                return;
            }

            var dimensions = id.EndsWith("v1", StringComparison.Ordinal) ? 1536 : (int?)body["dimensions"] ?? 1024;
            await context.Response.WriteAsJsonAsync(new JsonObject { ["embedding"] = Vector((string)text!, dimensions), ["inputTextTokenCount"] = ((string)text!).Split(' ').Length });
            return;
        }

        var texts = body["texts"]?.AsArray();
        if (texts is not { Count: > 0 and <= 96 } || body["input_type"] is null)
        {
            await ErrorAsync(context, 400, "ValidationException", "texts must have 1 to 96 elements and input_type is required");
            return;
        }

        context.Response.Headers["X-Amzn-Bedrock-Input-Token-Count"] = texts.Sum(text => ((string)text!).Split(' ').Length).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var vectors = new JsonArray([.. texts.Select(text => (JsonNode)Vector((string)text!, (int?)body["output_dimension"] ?? 1024))]);
        await context.Response.WriteAsJsonAsync(new JsonObject
        {
            ["id"] = "1",
            ["response_type"] = body["embedding_types"] is null ? "embeddings_floats" : "embeddings_by_type",
            ["embeddings"] = body["embedding_types"] is null ? vectors : new JsonObject { ["float"] = vectors },
        });
    }

    /// <summary>A vector that tells its text: the length of the text stands first.</summary>
    private static JsonArray Vector(string text, int dimensions) => [.. Enumerable.Range(0, dimensions).Select(i => (JsonNode)(i == 0 ? text.Length : 0.5))];
}
