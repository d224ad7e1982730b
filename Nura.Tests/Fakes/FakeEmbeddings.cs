using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Nura.Tests.Fakes;

/// <summary>An OpenAI-compatible server of embeddings on the loopback. Texts lie near each other that share words, or words that mean the same to it; "greenish" means "green".</summary>
internal sealed partial class FakeEmbeddings : IAsyncDisposable
{
    /// <summary>How its model is called.</summary>
    public const string Model = "bag-of-meanings";

    private static readonly string[][] s_meanings = [["invoice", "bill", "statement"], ["payment", "settlement", "remittance"], ["customer", "client", "patron"], ["parcel", "shipment", "consignment"]];

    private readonly WebApplication _app;

    private FakeEmbeddings(WebApplication app) => _app = app;

    /// <summary>Settings that make Nura.Rag use it.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("Nura:Models:Servers:embedder:BaseUrl", BaseUrl), ("Nura:Models:Servers:embedder:EmbeddingModels:0", Model), ("Nura:Rag:EmbeddingModel", Model), ("Nura:Rag:EmbeddingDeadlineMs", "10000"),
    ];

    public string BaseUrl => _app.Urls.Single() + "/v1";

    /// <summary>Every text that got a vector.</summary>
    public ConcurrentQueue<string> Texts { get; } = [];

    /// <summary>How long its vectors are.</summary>
    public int Dimensions { get; set; } = 64;

    /// <summary>The status to refuse some texts with, or <see langword="null"/>.</summary>
    public Func<IReadOnlyList<string>, int?> Refuse { get; set; } = static _ => null;

    /// <summary>What an answer to some texts waits for.</summary>
    public Func<IReadOnlyList<string>, Task> Wait { get; set; } = static _ => Task.CompletedTask;

    public static async Task<FakeEmbeddings> StartAsync()
    {
        var app = Loopback.Create();
        var fake = new FakeEmbeddings(app);
        app.MapPost("/v1/embeddings", fake.EmbedAsync);
        await app.StartAsync();
        return fake;
    }

    /// <summary>Counts of meanings, each at a place that its spelling decides; not of length 1.</summary>
    public static float[] Vector(string text, int dimensions)
    {
        var vector = new float[dimensions];
        foreach (Match word in Words().Matches(text))
        {
            var spelling = word.Value.ToLowerInvariant();
            spelling = spelling.EndsWith("ish", StringComparison.Ordinal) ? spelling[..^3] : spelling;
            var meaning = Array.FindIndex(s_meanings, words => words.Contains(spelling));
            var hash = 2166136261u;
            foreach (var letter in meaning < 0 ? spelling : s_meanings[meaning][0])
            {
                hash = (hash ^ letter) * 16777619;
            }

            vector[hash % (uint)dimensions] += 1;
        }

        return vector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task EmbedAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        string[] texts = body["input"] is JsonArray several ? [.. several.Select(text => (string)text!)] : [(string)body["input"]!];
        await Wait(texts);
        if (Refuse(texts) is { } status)
        {
            await FakeOpenAi.ErrorAsync(context, status, status == 400 ? "This input is not welcome." : "Out of order.");
            return;
        }

        foreach (var text in texts)
        {
            Texts.Enqueue(text);
        }

        await context.Response.WriteAsJsonAsync(new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. texts.Select((text, i) => new JsonObject
            {
                ["object"] = "embedding",
                ["index"] = i,
                ["embedding"] = new JsonArray([.. Vector(text, Dimensions).Select(value => (JsonNode)value)]),
            })]),
            ["model"] = Model,
            ["usage"] = new JsonObject { ["prompt_tokens"] = texts.Sum(text => text.Length / 4), ["total_tokens"] = texts.Sum(text => text.Length / 4) },
        });
    }

    [GeneratedRegex("[A-Z]?[a-z]+|[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
