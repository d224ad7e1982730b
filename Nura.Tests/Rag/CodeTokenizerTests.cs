using Nura.Rag.Text;

namespace Nura.Tests.Rag;

public sealed class CodeTokenizerTests
{
    [Theory]
    [InlineData("HTTPServer", "httpserver http http+server server")]
    [InlineData("parse_config_file", "parse_config_file pars pars+config config config+file file")]
    [InlineData("Utf8Decoder", "utf8decoder utf utf+decod decod")]
    [InlineData("running", "run")]
    [InlineData("the", "")]
    [InlineData("x", "")]
    [InlineData("_cache", "cach")]
    [InlineData("Größe zählen", "größe zählen")]
    [InlineData("port 5432 in 7", "port 5432")]
    [InlineData("a.b-Foo::Bar", "foo bar")]
    public void Tokenize_Text_GivesTheseTerms(string text, string terms) => Assert.Equal(terms, string.Join(' ', Terms(text)));

    [Fact]
    public void Tokenize_EncodedData_GivesNothing() => Assert.Empty(Terms(new string('A', 200)));

    [Fact]
    public void Tokenize_Times_RepeatsEachTerm() => Assert.Equal(["http", "http", "http"], Terms("http", 3));

    [Fact]
    public void Tokenize_SameIdentifierAgain_GetsTheSameNumbers()
    {
        var tokenizer = new CodeTokenizer();
        List<int> first = [], second = [];
        tokenizer.Tokenize("openConnection", first);
        tokenizer.Tokenize("xyz openConnection", second);

        Assert.Equal(first, second[^first.Count..]);
    }

    [Fact]
    public void Lines_MixedEnds_LoseTheirEndsOnly()
    {
        var text = new SourceText("one\r\ntwo\n\nfour\n");

        Assert.Equal(4, text.Count);
        Assert.Equal("one\ntwo\n\nfour", text.Lines(0, 4));
        Assert.Equal(0, new SourceText("").Count);
    }

    [Fact]
    public void Lines_WithAndWithoutReturns_AreTheSame()
    {
        string[] lines = ["one", "", "  three ", "", ""];
        var (plain, returns) = (new SourceText(string.Join('\n', lines)), new SourceText(string.Join("\r\n", lines)));

        for (var start = 0; start <= plain.Count; start++)
        {
            for (var end = start; end <= plain.Count; end++)
            {
                Assert.Equal(string.Join('\n', lines[start..end]), plain.Lines(start, end));
                Assert.Equal(plain.Lines(start, end), returns.Lines(start, end));
            }
        }
    }

    [Fact]
    public void Trim_MoreNamesThanAreRemembered_SplitsThemTheSame()
    {
        var tokenizer = new CodeTokenizer();
        List<int> ids = [];
        for (var i = 0; i <= 100_000; i++)
        {
            tokenizer.Tokenize($"someName{i}", ids);
        }

        var before = tokenizer.Vocabulary;
        tokenizer.Trim();
        ids.Clear();
        tokenizer.Tokenize("openConnection someName7", ids);

        Assert.NotSame(before, tokenizer.Vocabulary);
        Assert.Equal(Terms("openConnection someName7"), ids.ConvertAll(id => tokenizer.Vocabulary[id]));
    }

    private static List<string> Terms(string text, int times = 1)
    {
        var tokenizer = new CodeTokenizer();
        List<int> ids = [];
        tokenizer.Tokenize(text, ids, times);
        return ids.ConvertAll(id => tokenizer.Vocabulary[id]);
    }
}
