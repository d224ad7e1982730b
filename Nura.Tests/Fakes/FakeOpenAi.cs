using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Nura.Tests.Fakes;

/// <summary>An OpenAI-compatible server on the loopback that speaks the real wire format (tried with OpenAI's own client) and can misbehave.</summary>
/// <remarks>It repeats the last message of the conversation; offered tools, it calls the first one with <c>{"path":"README.md"}</c> and repeats the result afterwards.</remarks>
internal sealed class FakeOpenAi : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeOpenAi(WebApplication app) => _app = app;

    /// <summary>Address to configure as base URL.</summary>
    public string BaseUrl => _app.Urls.Single() + "/v1";

    /// <summary>Bodies received, in order.</summary>
    public ConcurrentQueue<JsonObject> Requests { get; } = [];

    /// <summary>The Authorization header received last.</summary>
    public string? Authorization { get; private set; }

    /// <summary>Answers instead of the usual behaviour when set; false goes on with the usual behaviour.</summary>
    public Func<HttpContext, JsonObject, Task<bool>>? Instead { get; set; }

    public static async Task<FakeOpenAi> StartAsync()
    {
        var app = Loopback.Create();
        var fake = new FakeOpenAi(app);
        app.MapPost("/v1/chat/completions", fake.AnswerAsync);
        app.MapPost("/v1/embeddings", fake.EmbedAsync);
        await app.StartAsync();
        return fake;
    }

    /// <summary>An answer as bytes of a stream, as OpenAI sends it with usage asked for.</summary>
    public static string StreamOf(params string[] pieces)
    {
        var text = new StringBuilder();
        text.Append(Event(Chunk(new JsonObject { ["role"] = "assistant", ["content"] = "" }, null)));
        foreach (var piece in pieces)
        {
            text.Append(Event(Chunk(new JsonObject { ["content"] = piece }, null)));
        }

        text.Append(Event(Chunk([], "stop")));
        text.Append(Event(Usage(pieces.Length)));
        return text.Append("data: [DONE]\n\n").ToString();
    }

    /// <summary>One chunk of a stream.</summary>
    public static JsonObject Chunk(JsonObject delta, string? finish) => new()
    {
        ["id"] = "chatcmpl-1",
        ["object"] = "chat.completion.chunk",
        ["created"] = 1_760_000_000,
        ["model"] = "mock",
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["logprobs"] = null, ["finish_reason"] = finish }),
        ["usage"] = null,
    };

    public static string Event(JsonObject data) => $"data: {data.ToJsonString()}\n\n";

    public static Task ErrorAsync(HttpContext context, int status, string message, string? code = null, string type = "server_error")
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error = new { message, type, param = (string?)null, code } });
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        Requests.Enqueue(body);
        Authorization = context.Request.Headers.Authorization;
        if (Instead is not null && await Instead(context, body))
        {
            return;
        }

        context.Response.ContentType = (bool?)body["stream"] is true ? "text/event-stream" : "application/json";
        await context.Response.WriteAsync(Answer(body));
    }

    /// <summary>The usual answer: a completion, or the events of one.</summary>
    public static string Answer(JsonObject body)
    {
        var last = body["messages"]!.AsArray()[^1]!.AsObject();
        var call = (string?)last["role"] == "user" && body["tools"] is JsonArray { Count: > 0 } tools ? (string?)tools[0]!["function"]!["name"] : null;
        var words = ((string?)last["content"] ?? "").Split(' ');
        if ((bool?)body["stream"] is true)
        {
            return call is null ? StreamOf([.. words.Select((word, i) => i == 0 ? word : $" {word}")]) : StreamOfCall(call);
        }

        var message = call is null
            ? new JsonObject { ["role"] = "assistant", ["content"] = string.Join(' ', words), ["refusal"] = null }
            : new JsonObject { ["role"] = "assistant", ["content"] = null, ["refusal"] = null, ["tool_calls"] = new JsonArray(Call(call, """{"path":"README.md"}""")) };
        return new JsonObject
        {
            ["id"] = "chatcmpl-1",
            ["object"] = "chat.completion",
            ["created"] = 1_760_000_000,
            ["model"] = "mock",
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["logprobs"] = null, ["finish_reason"] = call is null ? "stop" : "tool_calls" }),
            ["usage"] = Usage(words.Length)["usage"]!.DeepClone(),
        }.ToJsonString();
    }

    private async Task EmbedAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        Requests.Enqueue(body);
        JsonArray texts = body["input"] is JsonArray several ? several : [(string)body["input"]!];
        JsonNode Vector(string text) => (string?)body["encoding_format"] == "base64"
            ? Convert.ToBase64String([.. BitConverter.GetBytes((float)text.Length), .. BitConverter.GetBytes(0.5f)])
            : new JsonArray((float)text.Length, 0.5f);
        await context.Response.WriteAsJsonAsync(new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. texts.Select((text, i) => new JsonObject { ["object"] = "embedding", ["index"] = i, ["embedding"] = Vector((string)text!) })]),
            ["model"] = "mock-embed",
            ["usage"] = new JsonObject { ["prompt_tokens"] = 8, ["total_tokens"] = 8 },
        });
    }

    /// <summary>A tool call, its arguments in three pieces that break inside a word.</summary>
    private static string StreamOfCall(string name)
    {
        var first = Call(name, "");
        first["index"] = 0;
        var text = Event(Chunk(new JsonObject { ["role"] = "assistant", ["content"] = null, ["tool_calls"] = new JsonArray(first) }, null));
        foreach (var piece in (string[])["{\"pa", "th\":\"READ", "ME.md\"}"])
        {
            text += Event(Chunk(new JsonObject { ["tool_calls"] = new JsonArray(new JsonObject { ["index"] = 0, ["function"] = new JsonObject { ["arguments"] = piece } }) }, null));
        }

        return text + Event(Chunk([], "tool_calls")) + Event(Usage(3)) + "data: [DONE]\n\n";
    }

    private static JsonObject Call(string name, string arguments) => new()
    {
        ["id"] = "call_1",
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = name, ["arguments"] = arguments },
    };

    private static JsonObject Usage(int written)
    {
        var chunk = Chunk([], null);
        chunk["choices"] = new JsonArray();
        chunk["usage"] = new JsonObject
        {
            ["prompt_tokens"] = 11,
            ["completion_tokens"] = written,
            ["total_tokens"] = written + 11,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = 4 },
            ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0 },
        };
        return chunk;
    }
}
