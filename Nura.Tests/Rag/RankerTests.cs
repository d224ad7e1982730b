using Nura.Rag.Ranking;
using Nura.Rag.Text;

namespace Nura.Tests.Rag;

public sealed class RankerTests
{
    private static readonly Ranker s_ranker = new([new LexicalLane()]);

    /// <summary>Against BM25 as the formula says it, document by document.</summary>
    [Fact]
    public void Score_RandomCorpora_EqualsTheFormula()
    {
        var random = new Random(3);
        string[] words = ["alpha", "beta", "gamma", "delta", "omega", "kappa"];
        string[][] Chunks() => [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Enumerable.Range(0, random.Next(1, 30)).Select(_ => words[random.Next(words.Length)]).ToArray())];
        for (var round = 0; round < 50; round++)
        {
            (string Path, string[][] Chunks)[] first = [("q1.cs", Chunks()), ("w2.cs", Chunks())], second = [("e3.cs", Chunks())];
            var query = new SearchQuery("alpha beta alpha unknown");

            var scores = new LexicalLane().Vote(query, [Corpus("a", first), Corpus("b", second)]).Chunks!;

            var all = new[] { first, second }.SelectMany(files => files.SelectMany(file => file.Chunks)).ToArray();
            for (var corpus = 0; corpus < 2; corpus++)
            {
                var documents = (corpus == 0 ? first : second).SelectMany(file => file.Chunks).ToArray();
                // Each path gives its chunks two terms of its own ("q" is too short for one), each counting three times.
                var average = documents.Average(document => document.Length + 3 * PathTerms);
                for (var d = 0; d < documents.Length; d++)
                {
                    double Term(string word, double times)
                    {
                        var frequency = all.Count(document => document.Contains(word));
                        var count = documents[d].Count(w => w == word);
                        var norm = 2 * (1 - 0.5 + 0.5 * (documents[d].Length + 3 * PathTerms) / average);
                        return times * Math.Log(1 + (all.Length - frequency + 0.5) / (frequency + 0.5)) * count * 3 / (count + norm);
                    }

                    // A word asked twice counts by the root of two.
                    Assert.Equal(Term("alpha", Math.Sqrt(2)) + Term("beta", 1), scores[corpus][d], 3);
                }
            }
        }
    }

    [Fact]
    public void Rank_WordsSideBySide_FindTheIdentifierMadeOfThem()
    {
        var corpus = Corpus("a", ("x/apart.cs", [Terms("connection of the parser to a string")]), ("x/joined.cs", [Terms("NpgsqlConnectionStringBuilder of the parser")]));

        Assert.Equal("x/joined.cs", Rank("connection strings", corpus)[0].File.Path);
    }

    [Theory]
    [InlineData("see two/deep/Widget.cs for it", "src/two/deep/Widget.cs")]
    [InlineData("see eep/Widget.cs for it", null)]
    [InlineData("why does LateBinder fail", "src/LateBinder.cs")]
    [InlineData("the `plain` one", "src/plain.py")]
    [InlineData("the plain one", null)]
    public void Vote_NameInTheQuestion_ExactLaneFindsItsFile(string query, string? path)
    {
        var corpus = Corpus("a", [.. new[] { "src/LateBinder.cs", "src/one/Widget.cs", "src/plain.py", "src/two/deep/Widget.cs" }.Select(file => (file, new[] { new[] { "body" } }))]);

        var votes = new ExactLane().Vote(new SearchQuery(query), [corpus]).Files![0];

        Assert.Equal(path is null ? [] : [path], corpus.Files.Where((_, file) => votes[file] > 0).Select(file => file.Path));
    }

    private static string[] Terms(string text)
    {
        var tokenizer = new CodeTokenizer();
        var ids = new List<int>();
        tokenizer.Tokenize(text, ids);
        return [.. ids.Select(id => tokenizer.Vocabulary[id])];
    }

    private static int PathTerms => new SearchQuery("q1.cs").Terms.Count;

    /// <summary>Trying each of so many places to begin anew would take an hour.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData("a"), InlineData("a.1"), InlineData("1")]
    public Task Vote_LongRunWithoutAName_TakesTimeInProportion(string piece) => Task.Run(() =>
    {
        var query = new SearchQuery($"{string.Concat(Enumerable.Repeat(piece, 500_000))} LateBinder");

        Assert.Equal(1, new ExactLane().Vote(query, [Corpus("a", ("src/LateBinder.cs", [["x"]]))]).Files![0][0]);
    });

    [Fact]
    public void Rank_PathWords_FindTheFile()
    {
        var corpus = Corpus("a", ("src/RetryPolicy.cs", [["body"]]), ("src/Other.cs", [["body"]]));

        Assert.Equal("src/RetryPolicy.cs", Assert.Single(Rank("retry policies", corpus)).File.Path);
    }

    [Fact]
    public void Rank_Tests_StandBackUnlessAskedFor()
    {
        var corpus = Corpus("a", ("tests/ParserTests.cs", [["parser", "parser", "parser"]]), ("src/Parser.cs", [["parser", "other", "words", "here"]]));

        Assert.Equal(["src/Parser.cs", "tests/ParserTests.cs"], Rank("parser", corpus).Select(chunk => chunk.File.Path));
        Assert.Equal(["tests/ParserTests.cs", "src/Parser.cs"], Rank("tests of the parser", corpus).Select(chunk => chunk.File.Path));
    }

    [Fact]
    public void Rank_ChunkOfABetterFile_ComesFirst()
    {
        var corpus = Corpus("a", ("x/good.cs", [["alpha"], ["alpha"], ["alpha"]]), ("x/fair.cs", [["alpha"], ["zeta"], ["zeta"]]));

        Assert.Equal(["x/good.cs", "x/good.cs", "x/good.cs", "x/fair.cs"], Rank("alpha", corpus).Select(chunk => chunk.File.Path));
    }

    [Fact]
    public void Rank_Limit_KeepsTheBestOfAll()
    {
        var corpus = Corpus("a", [.. Enumerable.Range(0, 50).Select(i => ($"f{i:00}x.cs", new[] { Enumerable.Repeat("alpha", i + 1).ToArray() }))]);

        var all = s_ranker.Rank(new SearchQuery("alpha"), [corpus], static _ => true, 200);
        var few = s_ranker.Rank(new SearchQuery("alpha"), [corpus], static _ => true, 5);

        Assert.Equal(50, all.Count);
        Assert.Equal(all.Take(5).Select(chunk => chunk.File.Path), few.Select(chunk => chunk.File.Path));
    }

    [Fact]
    public void Terms_WrittenAndRead_AreTheSame()
    {
        var vocabulary = new Vocabulary();
        var writer = new BlobTermsWriter(vocabulary);
        List<int> terms = [.. new[] { "größe", "a", "größe", new string('l', 300) }.Select(term => vocabulary.Add(term))];
        writer.Add(terms);
        writer.Add([]);
        writer.Add([.. Enumerable.Repeat(vocabulary.Add("a"), 70_000)]);

        var other = new Vocabulary();
        other.Add("something before");
        var read = BlobTerms.Decode(writer.ToArray(), other);

        Assert.Equal(3, read.Chunks);
        Assert.Equal(["größe", "a", new string('l', 300)], read.Terms(0).ToArray().Select(term => other[term]));
        Assert.Equal([2, 1, 1], read.Counts(0).ToArray());
        Assert.True(read.Terms(1).IsEmpty);
        Assert.Equal([byte.MaxValue], read.Counts(2).ToArray());
    }

    internal static Corpus Corpus(string name, params (string Path, string[][] Chunks)[] files)
    {
        var vocabulary = new Vocabulary();
        var blobs = new Dictionary<long, BlobTerms>();
        foreach (var (_, chunks) in files)
        {
            var writer = new BlobTermsWriter(vocabulary);
            foreach (var chunk in chunks)
            {
                writer.Add([.. chunk.Select(word => vocabulary.Add(word))]);
            }

            blobs.Add(blobs.Count, BlobTerms.Decode(writer.ToArray(), vocabulary));
        }

        return CorpusBuilder.Build(
            new CorpusHead(Guid.CreateVersion7(), name, new string('0', 40), 1), [.. files.Select((file, i) => (file.Path, (long)i, "csharp"))], blobs, vocabulary);
    }

    private static List<RankedChunk> Rank(string query, params Corpus[] corpora) => s_ranker.Rank(new SearchQuery(query), corpora, static _ => true, 200);
}
