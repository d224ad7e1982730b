using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Nura.Tests.Fakes;

/// <summary>SageMaker's runtime on the loopback, with a vLLM and a bge-m3 container behind it: checks signatures, speaks the real wire format (tried with AWS' own client), and can misbehave.</summary>
internal sealed class FakeSageMaker : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeSageMaker(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>Settings that make Nura use it: the chat model <c>llm</c> and the embedding model <c>bge</c>.</summary>
    public (string Key, string? Value)[] Settings =>
    [
        ("Nura:Models:SageMaker:Region", "us-east-1"),
        ("Nura:Models:SageMaker:Endpoint", Url),
        ("Nura:Models:SageMaker:AccessKeyId", AwsSignature.AccessKey),
        ("Nura:Models:SageMaker:SecretAccessKey", AwsSignature.Secret),
        ("Nura:Models:SageMaker:Endpoints:llm:Name", "nura-llm"),
        ("Nura:Models:SageMaker:Endpoints:bge:Name", "bge-m3"),
        ("Nura:Models:SageMaker:Endpoints:bge:Kind", "Embedding"),
    ];

    /// <summary>Endpoints, inference components and bodies received, in order.</summary>
    public ConcurrentQueue<(string Endpoint, string Component, JsonObject Body)> Requests { get; } = [];

    /// <summary>Bytes in a part of a stream; containers and the network cut where they like.</summary>
    public int PartBytes { get; set; } = 7;

    /// <summary>Answers instead of the usual behaviour when set; false goes on with the usual behaviour.</summary>
    public Func<HttpContext, JsonObject, Task<bool>>? Instead { get; set; }

    public static async Task<FakeSageMaker> StartAsync()
    {
        var app = Loopback.Create();
        var fake = new FakeSageMaker(app);
        app.MapPost("/endpoints/{name}/{operation}", fake.AnswerAsync);
        await app.StartAsync();
        return fake;
    }

    public static Task ErrorAsync(HttpContext context, int status, string type, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["x-amzn-errortype"] = type + ":http://internal.amazon.com/coral/com.amazonaws.sagemakerruntime/";
        return context.Response.WriteAsJsonAsync(body);
    }

    public static byte[] Part(byte[] bytes) => EventFrames.Write([(":event-type", "PayloadPart"), (":content-type", "application/octet-stream"), (":message-type", "event")], bytes);

    public static byte[] Failure(string type, JsonObject body) => EventFrames.Write([(":exception-type", type), (":content-type", "application/json"), (":message-type", "exception")], Encoding.UTF8.GetBytes(body.ToJsonString()));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, string name, string operation)
    {
        using var received = new MemoryStream();
        await context.Request.Body.CopyToAsync(received);
        if (AwsSignature.Check(context, received.ToArray(), "sagemaker") is { } wrong)
        {
            await ErrorAsync(context, 403, "InvalidSignatureException", new JsonObject { ["message"] = wrong });
            return;
        }

        var body = JsonNode.Parse(received.ToArray())!.AsObject();
        Requests.Enqueue((name, context.Request.Headers["X-Amzn-SageMaker-Inference-Component"].ToString(), body));
        if (Instead is not null && await Instead(context, body))
        {
            return;
        }

        if (name is not ("nura-llm" or "bge-m3"))
        {
            await ErrorAsync(context, 400, "ValidationError", new JsonObject { ["Message"] = $"Endpoint {name} of account 123456789012 not found." });
        }
        else if (name == "bge-m3")
        {
            await EmbedAsync(context, body);
        }
        else if (body["messages"] is not JsonArray { Count: > 0 })
        {
            await ErrorAsync(context, 424, "ModelError", ModelError(422, "messages: field required"));
        }
        else if (operation == "invocations")
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(FakeOpenAi.Answer(body));
        }
        else
        {
            // The container's content type stands in a header of SageMaker's; the response's own is the stream's.
            context.Response.Headers["X-Amzn-SageMaker-Content-Type"] = "text/event-stream";
            context.Response.ContentType = "application/vnd.amazon.eventstream";
            foreach (var part in Encoding.UTF8.GetBytes(FakeOpenAi.Answer(body)).Chunk(PartBytes))
            {
                await context.Response.Body.WriteAsync(Part(part));
            }
        }
    }

    public static JsonObject ModelError(int original, string message) => new()
    {
        ["Message"] = $"Received client error ({original}) from primary with message \"{message}\".",
        ["OriginalMessage"] = message,
        ["OriginalStatusCode"] = original,
        ["LogStreamArn"] = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/nura-llm",
    };

    /// <summary>Text Embeddings Inference: a list of at most 32 texts, a list of vectors; the length of the text stands first.</summary>
    private static async Task EmbedAsync(HttpContext context, JsonObject body)
    {
        if ((body["inputs"] ?? body["input"]) is not JsonArray { Count: > 0 and <= 32 } texts)
        {
            await ErrorAsync(context, 424, "ModelError", ModelError(413, "batch size > maximum allowed batch size 32"));
            return;
        }

        var vectors = texts.Select(text => new JsonArray([.. Enumerable.Range(0, 1024).Select(i => (JsonNode)(i == 0 ? ((string)text!).Length : 0.5))]));
        if (body["inputs"] is not null)
        {
            await context.Response.WriteAsJsonAsync(new JsonArray([.. vectors]));
            return;
        }

        // In no order: whoever reads it has to look at the index.
        var data = vectors.Select((vector, i) => (JsonNode)new JsonObject { ["object"] = "embedding", ["index"] = i, ["embedding"] = vector }).Reverse();
        await context.Response.WriteAsJsonAsync(new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. data]), ["usage"] = new JsonObject { ["prompt_tokens"] = 5, ["total_tokens"] = 5 } });
    }
}
