using Microsoft.Extensions.AI;
using Nura.Contracts;
using Nura.Models;

namespace Nura.Tests.Models;

public sealed class OfflineChatClientTests
{
    private const string Mirror = """
        namespace Shop;

        public sealed class Basket
        {
            private readonly List<Line> _lines = [];

            public void Add(Product product) => _lines.Add(new Line(product));

            public int Count => _lines.Count;

            public bool IsEmpty => _lines.Count == 0;

            // The discount of a member is taken off before taxes, as the law asks.
            public decimal Total(Member member)
            {
                var net = _lines.Sum(line => line.Price) * (1 - member.Discount);
                return net * (1 + Taxes.Rate);
            }

            public void Clear() => _lines.Clear();
        }
        """;

    [Fact]
    public async Task Answer_PassageLongerThanAQuotation_CitesExactlyTheLinesQuoted()
    {
        using var host = ModelsHost.Build();
        var answer = await AskAsync(host, "How is the discount of a member applied to the total?", new Passage("shop@0123456789abcdef:src/Basket.cs#L101-L121", Mirror, 3));

        Assert.Contains("(1 - member.Discount)", answer.Text, StringComparison.Ordinal);
        var written = answer.Text[(answer.Text.IndexOf('[', answer.Text.IndexOf("```\n\n[", StringComparison.Ordinal)) + 1)..];
        Assert.True(Citation.TryParse(written[..written.IndexOf(']', StringComparison.Ordinal)], out var citation));
        Assert.Equal(("shop", "0123456789abcdef", "src/Basket.cs"), (citation.Repository, citation.Commit, citation.Path));

        var quoted = answer.Text.Split("```cs\n")[1].Split("```")[0].TrimEnd('\n').Split('\n');
        Assert.Equal(Mirror.Split('\n')[(citation.StartLine - 101)..(citation.EndLine - 100)], quoted);
        Assert.InRange(quoted.Length, 1, 14);
    }

    [Fact]
    public async Task Answer_Any_SaysThatNoModelIsConfiguredAndHowToConfigureOne()
    {
        using var host = ModelsHost.Build();
        var answer = await AskAsync(host, "basket", new Passage("shop@0123456:a.cs#L1-L21", Mirror, 1));

        Assert.Contains("No language model is configured", answer.Text, StringComparison.Ordinal);
        Assert.Contains("Nura__Models__Servers__local__BaseUrl", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_OtherModelsAreConfigured_SaysThatNoneWasAsked()
    {
        using var host = ModelsHost.Build(("Nura:Models:Servers:local:BaseUrl", "http://localhost:1/v1"), ("Nura:Models:Servers:local:Models:0", "llama"));
        var answer = await AskAsync(host, "basket", new Passage("shop@0123456:a.cs#L1-L21", Mirror, 1));

        Assert.StartsWith("**No language model was asked, so this is not a written answer.**", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("configuration", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_NoPassages_SaysSoAndCitesNothing()
    {
        using var host = ModelsHost.Build();
        var answer = await AskAsync(host, "Where is the tax computed?");

        Assert.StartsWith("Nothing in the indexed repositories fits", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("#L", answer.Text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
    }

    [Fact]
    public async Task Answer_NobodySearched_SaysWhoDoes()
    {
        using var host = ModelsHost.Build();
        var answer = await Client(host).GetResponseAsync("Where is the tax computed?");

        Assert.StartsWith("**No language model is configured, so nothing can answer this.** The agent `nura` searches", answer.Text, StringComparison.Ordinal);
        Assert.Contains("Nura__Models__Servers__local__BaseUrl", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_QuotedTextHasAFence_FenceAroundItIsLonger()
    {
        using var host = ModelsHost.Build();
        var answer = await AskAsync(host, "install", new Passage("shop@0123456:README.md#L1-L3", "````sh\ninstall it\n````", 1));

        Assert.Contains("`````md\n````sh\ninstall it\n````\n`````\n\n[shop@0123456:README.md#L1-L3]", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_OverlappingPassages_AreQuotedOnce()
    {
        using var host = ModelsHost.Build();
        var answer = await AskAsync(host, "discount", new Passage("shop@0123456:a.cs#L1-L21", Mirror, 2), new Passage("shop@0123456:a.cs#L1-L21", Mirror, 1));

        Assert.Equal(2, answer.Text.Split("[shop@").Length);
    }

    [Fact]
    public async Task Answer_Streamed_ComesInPiecesThatMakeUpTheWholeAnswer()
    {
        using var host = ModelsHost.Build();
        var options = new ChatOptions().WithPassages([new Passage("shop@0123456:a.cs#L1-L21", Mirror, 2)]);
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in Client(host).GetStreamingResponseAsync("discount", options))
        {
            updates.Add(update);
        }

        var whole = await AskAsync(host, "discount", new Passage("shop@0123456:a.cs#L1-L21", Mirror, 2));
        Assert.True(updates.Count > 10);
        Assert.Equal(whole.Text, string.Concat(updates.Select(update => update.Text)));
        Assert.Equal(1, whole.Usage!.AdditionalCounts!["estimated"]);
        Assert.True(whole.Usage.OutputTokenCount > 50);
    }

    [Fact]
    public async Task Answer_TokenLimit_EndsBeforeItAndSaysLength()
    {
        using var host = ModelsHost.Build();
        var options = new ChatOptions { MaxOutputTokens = 30 }.WithPassages([new Passage("shop@0123456:a.cs#L1-L21", Mirror, 2)]);
        var answer = await Client(host).GetResponseAsync("discount", options);

        Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
        Assert.InRange(answer.Usage!.OutputTokenCount!.Value, 1, 30);
    }

    [Fact]
    public async Task Answer_Cancelled_StopsAtTheNextPiece()
    {
        using var host = ModelsHost.Build();
        using var stop = new CancellationTokenSource();
        var options = new ChatOptions().WithPassages([new Passage("shop@0123456:a.cs#L1-L21", Mirror, 2)]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Client(host).GetStreamingResponseAsync("discount", options, stop.Token))
            {
                await stop.CancelAsync();
            }
        });
    }

    private static IChatClient Client(Microsoft.Extensions.Hosting.IHost host) => host.Get<ChatClients>().For(host.Get<ModelCatalog>().Find("offline")!);

    private static Task<ChatResponse> AskAsync(Microsoft.Extensions.Hosting.IHost host, string question, params Passage[] passages) =>
        Client(host).GetResponseAsync(question, new ChatOptions().WithPassages(passages));
}
