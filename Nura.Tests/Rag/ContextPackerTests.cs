using Nura.Contracts;
using Nura.Rag.Ranking;
using Nura.Rag.Search;
using Nura.Tests.Databases;

namespace Nura.Tests.Rag;

public sealed class ContextPackerTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const double CharactersPerToken = 3.6;
    private const int TokensPerPassage = 25;

    /// <summary>Random files cut into pieces, ranked at random, with budgets of any size.</summary>
    [Fact]
    public void Pack_AnyOrderAndBudget_LosesNoLineAndHoldsTheBudget()
    {
        var random = new Random(20261128);
        var (mergedSome, gainedSome) = (0, 0);
        for (var round = 0; round < 400; round++)
        {
            var (files, pieces) = Pieces(random);
            var budget = random.Next(20, 1500);
            var packer = new ContextPacker(budget);
            var taken = pieces.TakeWhile(piece => packer.TryAdd(piece.Chunk, piece.Text)).ToList();

            // As it was without joining: piece by piece until one does not fit.
            double alone = 0;
            var separate = pieces.TakeWhile((piece, i) => (alone += Cost(piece.Text.Content)) <= budget || i == 0).ToList();
            Assert.True(taken.Count >= separate.Count, $"{taken.Count} pieces where {separate.Count} fit one by one.");
            Assert.True(packer.Passages.Count == 1 || packer.Passages.Sum(passage => Cost(passage.Lines.Content)) <= budget);

            // Every line of every piece taken is in exactly one passage, word for word.
            var given = packer.Passages.SelectMany(passage => Enumerable.Range(passage.Lines.StartLine, passage.Lines.EndLine - passage.Lines.StartLine + 1).Select(line => (passage.Best.File.Path, line))).ToList();
            Assert.Equal(given.Count, given.Distinct().Count());
            Assert.Equal(
                taken.SelectMany(piece => Enumerable.Range(piece.Text.StartLine, piece.Text.EndLine - piece.Text.StartLine + 1).Select(line => (piece.Chunk.File.Path, line))).Order(), given.Order());
            Assert.All(packer.Passages, passage => Assert.Equal(string.Join('\n', files[passage.Best.File.Path][(passage.Lines.StartLine - 1)..passage.Lines.EndLine]), passage.Lines.Content));
            Assert.Equal(packer.Passages.Select(passage => taken.FindIndex(piece => piece.Chunk == passage.Best)), packer.Passages.Select(passage => taken.FindIndex(piece => piece.Chunk == passage.Best)).Order());
            mergedSome += packer.Passages.Count < taken.Count ? 1 : 0;
            gainedSome += taken.Count > separate.Count ? 1 : 0;
        }

        Assert.True(mergedSome > 50 && gainedSome > 5, $"{mergedSome} rounds joined pieces, {gainedSome} had room for more.");
    }

    [Fact]
    public void With_PiecesThatOverlap_GivesSharedLinesOnce()
    {
        var file = new CorpusFile("a.cs", 1, "csharp", default, 0, 3);
        Passage Of(int start, int end) => new(
            new RankedChunk(null!, file, start, 1, [], [], [], 1), new ChunkLines(start, end, null, string.Join('\n', Enumerable.Range(start, end - start + 1).Select(line => $"line {line}"))), [$"lane{start}"]);

        Assert.Equal((1, 6, "line 1\nline 2\nline 3\nline 4\nline 5\nline 6"), Parts(Of(1, 4).With(Of(3, 6))));
        Assert.Equal((1, 6, "line 1\nline 2\nline 3\nline 4\nline 5\nline 6"), Parts(Of(3, 6).With(Of(1, 4))));
        Assert.Equal((1, 4, "line 1\nline 2\nline 3\nline 4"), Parts(Of(1, 4).With(Of(2, 3))));
        Assert.Equal((1, 4, "line 1\nline 2\nline 3\nline 4"), Parts(Of(2, 3).With(Of(1, 4))));
        Assert.Equal(["lane3", "lane1"], Of(3, 6).With(Of(1, 4)).Lanes);
        Assert.True(Of(1, 2).Touches(Of(3, 4)) && Of(3, 4).Touches(Of(1, 2)));
        Assert.False(Of(1, 2).Touches(Of(4, 5)) || Of(4, 5).Touches(Of(1, 2)));

        static (int, int, string) Parts(Passage passage) => (passage.Lines.StartLine, passage.Lines.EndLine, passage.Lines.Content);
    }

    [Fact(Timeout = 180_000)]
    public async Task Search_WithABudget_CitesJoinedLinesExactly()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("Cart.cs", $"namespace Shop;\n\npublic class Cart\n{{\n{string.Concat(Enumerable.Range(1, 60).Select(i => $"    public int CountItems{i}(string kind)\n    {{\n        return items{i}.Count(item => item.Kind == kind);\n    }}\n\n"))}}}\n");
        var view = await host.AddAsync(sample.Path, "packed");
        var question = new SearchRequest("count items of a kind in the cart", [view.Id], Limit: 50);

        var pieces = (await host.Rag.SearchAsync(question, CancellationToken.None)).Hits;
        var joined = Assert.Single((await host.Rag.SearchAsync(question with { BudgetTokens = 100_000 }, CancellationToken.None)).Hits);
        var few = (await host.Rag.SearchAsync(question with { BudgetTokens = 700 }, CancellationToken.None)).Hits;
        var file = await host.Rag.ReadAsync(new ReadFile(view.Name, "Cart.cs"), CancellationToken.None);

        Assert.True(pieces.Count > 3, $"{pieces.Count} pieces.");
        Assert.Equal((1, file.TotalLines, file.Text), (joined.Citation.StartLine, joined.Citation.EndLine, joined.Text));
        Assert.Equal(pieces[0].Score, joined.Score);
        Assert.True(few.Sum(hit => Cost(hit.Text)) <= 700);
        foreach (var hit in few.Append(joined))
        {
            Assert.Equal(hit.Text, (await host.Rag.FileAsync(hit.Citation, CancellationToken.None)).Text);
        }
    }

    private static double Cost(string text) => (text.Length / CharactersPerToken) + TokensPerPassage;

    private static (Dictionary<string, string[]> Files, List<(RankedChunk Chunk, ChunkLines Text)> Pieces) Pieces(Random random)
    {
        var files = new Dictionary<string, string[]>();
        var pieces = new List<(RankedChunk, ChunkLines)>();
        for (var f = 0; f < random.Next(1, 5); f++)
        {
            var lines = Enumerable.Range(0, random.Next(1, 60)).Select(_ => new string('x', random.Next(0, 40))).ToArray();
            files[$"f{f}"] = lines;
            var file = new CorpusFile($"f{f}", f, "text", default, 0, 0);
            for (var (start, ordinal) = (0, 0); start < lines.Length; ordinal++)
            {
                var end = Math.Min(lines.Length, start + random.Next(1, 12));
                pieces.Add((new RankedChunk(null!, file, ordinal, 0, [], [], [], 1), new ChunkLines(start + 1, end, null, string.Join('\n', lines[start..end]))));
                start = end;
            }
        }

        var order = pieces.ToArray();
        random.Shuffle(order);
        return (files, [.. order]);
    }
}
