using System.Text;
using Nura.Rag.Chunks;
using Nura.Rag.Indexing;
using Nura.Rag.Ranking;
using Nura.Rag.Text;

namespace Nura.Tests.Rag;

public sealed class BlobAnalyzerTests
{
    private static readonly string[] s_pieces =
        ["GetHTTPServer", "parse_config_file", "running", "the", "x", "größe", "5432", " ", "  ", "(", ");", "public class ", "int ", "// a note on ", new('A', 200), "Zürich_2"];

    [Fact]
    public void Terms_OfAnyText_AreThoseOfItsLines()
    {
        // One analyzer and one reader for all, as in a run: nothing of one text may be left in the next.
        var (analyzer, vocabulary) = (new BlobAnalyzer(), new Vocabulary());
        var reader = new BlobTermsReader(vocabulary);
        for (var round = 0; round < 300; round++)
        {
            var text = Text(new Random(round));
            var source = new SourceText(text);
            var analyzed = analyzer.Analyze(new BlobKey("0", "csharp"), Encoding.UTF8.GetBytes(text));
            if (analyzed.Reason is not null)
            {
                continue;
            }

            var read = reader.Read(analyzed.Terms, BlobAnalyzer.Format);
            var chunks = Chunker.Split(source, "csharp");
            Assert.Equal(chunks.Count, read.Chunks);
            for (var chunk = 0; chunk < chunks.Count; chunk++)
            {
                var terms = read.Terms(chunk).ToArray().Select(term => vocabulary[term]);
                Assert.Equal(Expected(source, chunks[chunk]), terms.Zip(read.Counts(chunk).ToArray()).ToDictionary(pair => pair.First, pair => (int)pair.Second));
            }
        }
    }

    [Fact]
    public void Terms_MoreWordsThanAreRemembered_AreTheSame()
    {
        var (analyzer, vocabulary) = (new BlobAnalyzer(), new Vocabulary());
        var reader = new BlobTermsReader(vocabulary);
        byte[] Terms(int first) => analyzer.Analyze(
            new BlobKey("0", "csharp"), Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(first, 30_000).Select(i => $"word{i} openConnection")))).Terms!;
        string[] Held(BlobTerms read) => [.. Enumerable.Range(0, read.Chunks).SelectMany(chunk => read.Terms(chunk).ToArray()).Select(term => vocabulary[term]).Distinct().Order(StringComparer.Ordinal)];

        var before = Held(reader.Read(Terms(0), BlobAnalyzer.Format));
        for (var first = 30_000; first <= 120_000; first += 30_000)
        {
            reader.Read(Terms(first), BlobAnalyzer.Format);
        }

        Assert.Equal(before, Held(reader.Read(Terms(0), BlobAnalyzer.Format)));
        Assert.Contains("open+connect", before);
    }

    [Fact]
    public void Terms_OfAnEarlierFormat_AreReadAsTheyStand()
    {
        var (written, vocabulary) = (new Vocabulary(), new Vocabulary());
        var writer = new BlobTermsWriter(written);
        writer.Add([written.Add("openconnection"), written.Add("open+connect"), written.Add("openconnection")]);

        var read = new BlobTermsReader(vocabulary).Read(writer.ToArray(), 4);

        Assert.Equal(["openconnection", "open+connect"], read.Terms(0).ToArray().Select(term => vocabulary[term]));
        Assert.Equal([2, 1], read.Counts(0).ToArray());
    }

    [Theory]
    [InlineData("class A\n{\n}\n")]
    [InlineData("class A\r\n{\r\n}")]
    [InlineData("class Größe\n{\n}\n")]
    [InlineData("\uFEFFclass A\n{\n}\n")]
    public void Content_OfChunks_IsTheirLines(string text)
    {
        var chunk = Assert.Single(new BlobAnalyzer().Analyze(new BlobKey("0", "csharp"), Encoding.UTF8.GetBytes(text)).Chunks);

        Assert.Equal(string.Join('\n', text.TrimStart('\uFEFF').Split(["\r\n", "\n"], StringSplitOptions.None)).TrimEnd('\n'), Encoding.UTF8.GetString(chunk.Content.Span));
    }

    [Fact]
    public void Content_WithABrokenByte_IsStillUtf8()
    {
        // As many characters as bytes, yet no ASCII.
        byte[] content = [.. Encoding.ASCII.GetBytes("an old comment in Latin-1: caf"), 0xE9, .. Encoding.ASCII.GetBytes("\nclass A;\n")];

        var chunk = Assert.Single(new BlobAnalyzer().Analyze(new BlobKey("0", "csharp"), content).Chunks);

        Assert.Equal("an old comment in Latin-1: caf\uFFFD\nclass A;", Encoding.UTF8.GetString(chunk.Content.Span));
    }

    private static string Text(Random random) => string.Join(
        random.Next(2) == 0 ? "\n" : "\r\n",
        Enumerable.Range(0, random.Next(1, 120)).Select(_ => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => s_pieces[random.Next(s_pieces.Length)]))));

    private static Dictionary<string, int> Expected(SourceText text, SourceChunk chunk)
    {
        var tokenizer = new CodeTokenizer();
        var terms = new List<int>();
        for (var line = chunk.Start; line < chunk.End; line++)
        {
            // What a chunk declares counts twice more.
            tokenizer.Tokenize(text[line], terms, chunk.Declarations.Contains(line) ? 3 : 1);
        }

        return terms.GroupBy(term => tokenizer.Vocabulary[term]).ToDictionary(group => group.Key, group => Math.Min(group.Count(), byte.MaxValue));
    }
}
