using Nura.Rag.Chunks;
using Nura.Rag.Text;

namespace Nura.Tests.Rag;

public sealed class ChunkerTests
{
    [Theory]
    [InlineData("csharp", "    public async Task<int> CountAsync(string name, int x = 1)", "CountAsync")]
    [InlineData("csharp", "public sealed class Parser<T> : IParser", "Parser")]
    [InlineData("csharp", "public readonly record struct Point(int X, int Y);", "Point")]
    [InlineData("csharp", "namespace Nura.Rag.Chunks;", "Nura.Rag.Chunks")]
    [InlineData("csharp", "    public int Count { get; }", "Count")]
    [InlineData("csharp", "    private readonly Dictionary<string, int> _ids = new();", "_ids")]
    [InlineData("python", "    async def fetch(self, url):", "fetch")]
    [InlineData("python", "class Spider(Base):", "Spider")]
    [InlineData("go", "func (h *Handler) ServeHTTP(w http.ResponseWriter) error {", "ServeHTTP")]
    [InlineData("go", "type Config struct {", "Config")]
    [InlineData("typescript", "export class EntityManager {", "EntityManager")]
    [InlineData("typescript", "export function createConnection(options: Options) {", "createConnection")]
    [InlineData("rust", "pub fn open(path: &Path) -> Result<()> {", "open")]
    [InlineData("markdown", "## How to install ##", "How to install")]
    public void Declaration_Line_IsFoundWithItsName(string language, string line, string name)
    {
        Assert.True(Declaration.Opens(line, language));
        Assert.Equal(name, Declaration.Name(line, language));
    }

    [Theory]
    [InlineData("csharp", "        return publicKey;")]
    [InlineData("csharp", "# not a heading here")]
    [InlineData("markdown", "#hashtag")]
    [InlineData("markdown", "public void Text()")]
    public void Declaration_OtherLines_AreNone(string language, string line) => Assert.False(Declaration.Opens(line, language));

    [Fact]
    public void Split_AnyText_GivesEachLineOnceInOrder()
    {
        var random = new Random(7);
        string[] words = ["public ", "class A ", "{", "}", "   x = 1;", "// note", "", "## h", "```", new string('y', 900), "[Attr]"];
        for (var round = 0; round < 200; round++)
        {
            var text = new SourceText(string.Join('\n', Enumerable.Range(0, random.Next(1, 120)).Select(_ => words[random.Next(words.Length)] + words[random.Next(words.Length)])));
            foreach (var language in new[] { "csharp", "markdown" })
            {
                var chunks = Chunker.Split(text, language);

                Assert.Equal(Enumerable.Range(0, text.Count), chunks.SelectMany(chunk => Enumerable.Range(chunk.Start, chunk.End - chunk.Start)));
                Assert.All(chunks, chunk => Assert.True(chunk.End - chunk.Start == 1 || Ink(text, chunk) <= Chunker.MaxInk));
            }
        }
    }

    [Fact]
    public void Split_LongFile_CutsBeforeTheCommentOfADeclaration()
    {
        var first = string.Join('\n', Enumerable.Repeat("        sum += values[index];", 25));
        var text = new SourceText($"class Sums\n{{\n    public int First()\n    {{\n{first}\n    }}\n\n    /// <summary>Second.</summary>\n    [Pure]\n    public int Second()\n    {{\n{first}\n    }}\n}}\n");

        var chunks = Chunker.Split(text, "csharp");

        Assert.Equal("    /// <summary>Second.</summary>", text[chunks[1].Start]);
        Assert.Equal("Sums", chunks[0].Symbol);
        Assert.Equal("Sums.Second", chunks[1].Symbol);
    }

    [Fact]
    public void Split_DeclarationLongerThanAChunk_GoesOnUnderItsName()
    {
        var body = string.Join('\n', Enumerable.Repeat("        sum += values[index];", 80));

        var chunks = Chunker.Split(new SourceText($"class Sums\n{{\n    public int All()\n    {{\n{body}\n    }}\n}}"), "csharp");

        Assert.True(chunks.Count > 2);
        Assert.Equal("Sums.All", chunks[^1].Symbol);
    }

    [Fact]
    public void Split_Markdown_IgnoresHeadingsInFences()
    {
        var prose = string.Join('\n', Enumerable.Repeat("Some words that fill the section up.", 20));

        var chunks = Chunker.Split(new SourceText($"# Guide\n{prose}\n## Install\n```sh\n# a comment\n```\n{prose}\n## Use\n{prose}\n"), "markdown");

        Assert.Equal(["Guide", "Guide.Install", "Guide.Use"], chunks.Select(chunk => chunk.Symbol));
    }

    private static int Ink(SourceText text, SourceChunk chunk) =>
        text.Lines(chunk.Start, chunk.End).Count(c => c is not (' ' or '\t' or '\r' or '\n'));
}
