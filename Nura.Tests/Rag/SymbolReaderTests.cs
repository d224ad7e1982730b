using System.Text;
using Nura.Rag.Symbols;
using Nura.Rag.Text;

namespace Nura.Tests.Rag;

public sealed class SymbolReaderTests
{
    [Theory]
    [InlineData("csharp", "public sealed class Parser<T> : IParser", "Parser", "class")]
    [InlineData("csharp", "public readonly record struct Point(int X, int Y);", "Point", "record")]
    [InlineData("csharp", "namespace Shop.Cart;", "Shop.Cart", "namespace")]
    [InlineData("csharp", "    public async Task<Dictionary<string, int>> CountAsync(string name)", "CountAsync", "method")]
    [InlineData("csharp", "    Task<int> CountAsync(string name);", "CountAsync", "method")]
    [InlineData("csharp", "    public Parser(string text)", "Parser", "method")]
    [InlineData("csharp", "    public int Count { get; }", "Count", "property")]
    [InlineData("csharp", "    private readonly Dictionary<string, int> _ids = new();", "_ids", "field")]
    [InlineData("csharp", "    public delegate Task<bool> Check(int id);", "Check", "delegate")]
    [InlineData("csharp", "    public event EventHandler<int>? Changed;", "Changed", "event")]
    [InlineData("csharp", "    private static (int A, int B) Split(string text) =>", "Split", "method")]
    [InlineData("java", "    List<String> names(int most) {", "names", "method")]
    [InlineData("java", "public @interface Marker {", "Marker", "interface")]
    [InlineData("python", "    async def fetch(self, url):", "fetch", "function")]
    [InlineData("python", "class Spider(Base):", "Spider", "class")]
    [InlineData("python", "MAX_SIZE = 10", "MAX_SIZE", "constant")]
    [InlineData("go", "func (h *Handler) ServeHTTP(w http.ResponseWriter) error {", "ServeHTTP", "method")]
    [InlineData("go", "func Open[T any](path string) error {", "Open", "function")]
    [InlineData("go", "type Config struct {", "Config", "type")]
    [InlineData("typescript", "export default class EntityManager {", "EntityManager", "class")]
    [InlineData("typescript", "export type Options = {", "Options", "type")]
    [InlineData("typescript", "export const load = async (id: string) => {", "load", "function")]
    [InlineData("typescript", "    async save(entity: Entity): Promise<void> {", "save", "method")]
    [InlineData("javascript", "export async function* walk(node) {", "walk", "function")]
    [InlineData("rust", "pub(crate) async fn open(path: &Path) -> Result<()> {", "open", "function")]
    [InlineData("rust", "macro_rules! maybe {", "maybe", "macro")]
    [InlineData("c", "static int read_line(FILE *file)", "read_line", "method")]
    [InlineData("c", "#define MAX_LINE 80", "MAX_LINE", "macro")]
    [InlineData("cpp", "void Parser::Next(int count) {", "Next", "method")]
    [InlineData("kotlin", "    override suspend fun load(id: Int): User {", "load", "function")]
    [InlineData("ruby", "  def self.find(id)", "find", "method")]
    [InlineData("php", "    public function render(array $data): string", "render", "function")]
    [InlineData("elixir", "  defmodule Shop.Cart do", "Cart", "module")]
    [InlineData("shell", "build_all() {", "build_all", "function")]
    [InlineData("sql", "CREATE TABLE IF NOT EXISTS rag.chunk (", "chunk", "table")]
    [InlineData("protobuf", "  rpc GetUser(GetUserRequest) returns (User);", "GetUser", "method")]
    [InlineData("terraform", "resource \"aws_s3_bucket\" \"logs\" {", "logs", "resource")]
    [InlineData("markdown", "## How to install ##", "How to install", "heading")]
    public void Read_DefiningLine_GivesNameAndKind(string language, string line, string name, string kind)
    {
        var symbol = Assert.Single(SymbolReader.Read(new SourceText(line), language));

        Assert.Equal((name, kind, 1, line.Trim()), (symbol.Name, symbol.Kind, symbol.StartLine, symbol.Signature));
    }

    [Theory]
    [InlineData("csharp", "        return Parse(text);")]
    [InlineData("csharp", "        var parser = new Parser(text);")]
    [InlineData("csharp", "        await queue.WaitAsync(stop);")]
    [InlineData("csharp", "        if (text is null)")]
    [InlineData("csharp", "        Parse(text);")]
    [InlineData("csharp", "        int count = Parse(text);")]
    [InlineData("csharp", "        // class of its own: a comment")]
    [InlineData("csharp", "        record = next;")]
    [InlineData("csharp", "        throw new ProblemException(400);")]
    [InlineData("python", "    class of things that")]
    [InlineData("python", "    x = 1")]
    [InlineData("typescript", "describe('users', () => {")]
    [InlineData("typescript", "    if (ready) {")]
    [InlineData("typescript", "    const type = 1")]
    [InlineData("go", "    return func() {")]
    [InlineData("java", "        return new ArrayList<>(names);")]
    [InlineData("c", "        printf(\"%d\", count);")]
    [InlineData("text", "class Parser {")]
    [InlineData("markdown", "#hashtag")]
    public void Read_OtherLines_DefineNothing(string language, string line) => Assert.Empty(SymbolReader.Read(new SourceText(line), language));

    [Theory]
    [InlineData("csharp", "class Long { } // ")]
    [InlineData("markdown", "# ")]
    public void Read_PairOfCharactersAtTheLimit_IsNotParted(string language, string start)
    {
        // Of two beginnings that differ by one, one has a pair across the limit.
        foreach (var line in new[] { start, start + "x" })
        {
            var symbol = Assert.Single(SymbolReader.Read(new SourceText(line + string.Concat(Enumerable.Repeat("😀", 300))), language));

            Assert.True(Whole(symbol.Name) && Whole(symbol.Signature));
            Assert.InRange(symbol.Signature.Length, 299, 300);
        }

        static bool Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;
    }

    [Fact]
    public void Read_BraceLanguage_SpansWholeDefinitions()
    {
        var symbols = SymbolReader.Read(new SourceText(
            """
            namespace Shop;

            public sealed class Cart
            {
                public int Count { get; }

                public void Add(
                    string item)
                {
                    items.Add(item);
                }

                public int Total() =>
                    items.Sum();
            }

            enum Color { Red }
            """), "csharp");

        Assert.Equal(
            [("Shop", 1, 1, null), ("Cart", 3, 15, null), ("Count", 5, 5, "Cart"), ("Add", 7, 11, "Cart"), ("Total", 13, 14, "Cart"), ("Color", 17, 17, null)],
            symbols.Select(symbol => (symbol.Name, symbol.StartLine, symbol.EndLine, symbol.Container)));
    }

    [Fact]
    public void Read_IndentedLanguageAndHeadings_SpanByDepth()
    {
        var python = SymbolReader.Read(new SourceText("class A:\n    def f(\n        self,\n    ):\n        return 1\n\n    def g(self):\n        pass\n\nX = 1\n"), "python");
        var markdown = SymbolReader.Read(new SourceText("# Top\n\ntext\n\n## Inner\n\n```\n# no heading\n```\n\n# Next\n"), "markdown");

        Assert.Equal([("A", 1, 8), ("f", 2, 5), ("g", 7, 8)], python.Select(symbol => (symbol.Name, symbol.StartLine, symbol.EndLine)));
        Assert.Equal([("Top", 1, 9, null), ("Inner", 5, 9, "Top"), ("Next", 11, 11, null)], markdown.Select(symbol => (symbol.Name, symbol.StartLine, symbol.EndLine, symbol.Container)));
    }

    [Fact]
    public void Read_AnyText_GivesLinesOfTheFile()
    {
        var random = new Random(11);
        string[] pieces = ["public ", "class ", "A", "(", ")", "{", "}", "<", ">", ";", " ", "=", "=>", "fn ", "def ", "func ", "const ", "#", "\"", "::", "@", "$", ".", "impl<", "[", "]", "record ", "type ", "operator "];
        string[] languages = ["csharp", "python", "go", "typescript", "rust", "c", "cpp", "java", "ruby", "php", "sql", "terraform", "kotlin", "shell", "markdown", "lua", "elixir"];
        for (var round = 0; round < 3000; round++)
        {
            var text = new SourceText(string.Join('\n', Enumerable.Range(0, random.Next(1, 8)).Select(_ => new string(' ', random.Next(4)) + string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)])))));
            var symbols = SymbolReader.Read(text, languages[round % languages.Length]);

            Assert.All(symbols, symbol => Assert.True(symbol.Name.Length > 0 && symbol.StartLine >= 1 && symbol.EndLine >= symbol.StartLine && symbol.EndLine <= text.Count));
        }
    }
}
