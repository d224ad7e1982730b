using System.IO.Pipes;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Nura.Tests.Fakes;

namespace Nura.Tests.Cli;

/// <summary>"nura ask" against a server that answers what a test wants.</summary>
public sealed class AskTests
{
    private const string NotRead = "nura: what is piped in is not read; add - to have it added to the question.\n";

    private static readonly string s_half = FakeOpenAi.Event(FakeOpenAi.Chunk(new() { ["content"] = "half" }, null));

    [Theory(Timeout = 60_000)]
    [InlineData("stop", 0, "")]
    [InlineData("length", 0, "nura: the answer was cut at the model's length limit.\n")]
    [InlineData("content_filter", 0, "nura: the model's content filter ended the answer.\n")]
    [InlineData(null, 2, "nura: the connection broke off before the end of the answer.\n")]
    public async Task Ask_AnswerEnds_SaysHow(string? reason, int code, string error)
    {
        await using var server = await StartAsync(s_half + (reason is null ? "" : FakeOpenAi.Event(FakeOpenAi.Chunk([], reason)) + "data: [DONE]\n\n"), []);

        Assert.Equal((code, "half\n", error), await CommandLine.RunAsync(server.Urls.Single(), "ask", "why?"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("+ int added;\n", "explain\n\n+ int added;", "explain", "-")]
    [InlineData("+ int added;\n", "explain this\n\n+ int added;", "explain", "-", "this")]
    [InlineData("+ int added;\n", "+ int added;", "-")]
    [InlineData("\n", "explain", "explain", "-")]
    [InlineData(null, "explain", "explain", "-")]
    [InlineData("+ int added;\n", "explain", "explain")]
    public async Task Ask_DashForWhatIsPipedIn_AddsItToTheQuestion(string? piped, string asked, params string[] words)
    {
        var questions = new List<string>();
        await using var server = await StartAsync(FakeOpenAi.StreamOf("Well."), questions);

        var run = await CommandLine.RunAsync(server.Urls.Single(), piped is null ? null : new StringReader(piped), ["ask", .. words]);

        Assert.Equal((0, "Well.\n", piped is not null && !words.Contains("-") ? NotRead : ""), run);
        Assert.Equal([asked], questions);
    }

    [Fact(Timeout = 60_000)]
    public async Task Ask_InputThatNeverEnds_IsNotWaitedFor()
    {
        await using var server = await StartAsync(FakeOpenAi.StreamOf("Well."), []);
        using var open = new AnonymousPipeServerStream();
        using var inherited = new StreamReader(new AnonymousPipeClientStream(PipeDirection.In, open.ClientSafePipeHandle));

        Assert.Equal((0, "Well.\n", NotRead), await CommandLine.RunAsync(server.Urls.Single(), inherited, "ask", "why?"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Ask_TextPipedInAlone_IsTheQuestion()
    {
        var questions = new List<string>();
        await using var server = await StartAsync(FakeOpenAi.StreamOf("Well."), questions);

        Assert.Equal(0, (await CommandLine.RunAsync(server.Urls.Single(), new StringReader(new string('x', 200_000)), "ask")).Code);
        Assert.Equal(new string('x', 200_000), Assert.Single(questions));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(null, null)]
    [InlineData("qwen2.5-coder", "nura")]
    [InlineData("team/qwen:7b", "nura-dev", "--agent", "nura-dev")]
    public async Task Ask_ModelNamed_TheAgentIsAskedToUseIt(string? model, string? agent, params string[] more)
    {
        var (models, agents) = (new List<string?>(), new List<string?>());
        await using var server = await StartAsync(FakeOpenAi.StreamOf("Well."), [], (http, body) =>
        {
            models.Add(http.Request.Headers["x-nura-model"]);
            agents.Add((string?)body["model"]);
        });

        var run = await CommandLine.RunAsync(server.Urls.Single(), ["ask", "why?", .. more, .. model is null ? (string[])[] : ["-m", model]]);

        Assert.Equal((0, "Well.\n", ""), run);
        Assert.Equal([model], models);
        Assert.Equal([agent ?? "nura"], agents);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("")]
    [InlineData("two\nlines")]
    [InlineData("módel")]
    public async Task Ask_ModelWithANameThatNoneHas_IsRefused(string model) =>
        Assert.Equal((2, "", $"nura: \"{model}\" is no name of a model. GET /api/models lists those that there are.\n"), await CommandLine.RunAsync("http://127.0.0.1:1", "ask", "why?", "--model", model));

    [Theory(Timeout = 60_000)]
    [InlineData(0, "nura: There is no question. Write it after ask, or pipe it in.\n")]
    [InlineData(200_001, "nura: What is piped in is longer than 200000 characters. Pipe in the part that the question is about.\n")]
    public async Task Ask_NothingOrTooMuchPipedIn_IsRefused(int characters, string error) =>
        Assert.Equal((2, "", error), await CommandLine.RunAsync("http://127.0.0.1:1", new StringReader(new string('x', characters)), "ask"));

    private static async Task<WebApplication> StartAsync(string answer, List<string> questions, Action<HttpContext, JsonNode>? look = null)
    {
        var app = Loopback.Create();
        app.MapPost("/v1/chat/completions", async http =>
        {
            var body = await JsonNode.ParseAsync(http.Request.Body);
            questions.Add((string)body!["messages"]![0]!["content"]!);
            look?.Invoke(http, body);
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync(answer);
        });
        await app.StartAsync();
        return app;
    }
}
