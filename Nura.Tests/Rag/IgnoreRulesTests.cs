using Nura.Rag.Files;

namespace Nura.Tests.Rag;

public sealed class IgnoreRulesTests
{
    private static readonly string[] s_paths =
    [
        "a.txt", "b.log", "build/out.o", "build/keep.txt", "src/a.txt", "src/build/x.c", "src/gen/a.g.c", "src/gen/deep/b.g.c", "docs/a b.md",
        "x/y/z/w.txt", "x/z/w.txt", "foo", "foo.d/bar", "d1/#hash", "!bang", "UPPER.TXT", "src/[x].c", "src/a-b.c", "star*name", "t/u.tmp",
    ];

    /// <summary>The judge is git itself, over generated patterns.</summary>
    [Fact]
    public void Reject_RandomPatterns_DecidesAsGitDoes()
    {
        using var repository = new SampleRepository();
        string[] atoms = ["*", "**", "a", "build", "src", "*.txt", "*.c", "x", "z", "gen", "?", "[a-c]", "[!a]", "foo*", "*.g.*", "deep", "w.txt", "\\#hash", "\\!bang", "[]x]*", "docs", "keep.txt", "a b.md", "star\\*name", "[z-a]", "[a-Z]*", "src[+-9]a*", "[!z-a]*", "[a-c-x]"];
        var random = new Random(11);
        for (var round = 0; round < 60; round++)
        {
            string Pattern() => (random.Next(4) == 0 ? "!" : "") + (random.Next(4) == 0 ? "/" : "")
                + string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => atoms[random.Next(atoms.Length)])) + (random.Next(5) == 0 ? "/" : "") + (random.Next(9) == 0 ? "  " : "");
            string Text() => string.Join('\n', Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(8) == 0 ? "# note" : Pattern()));
            string root = Text(), nested = Text();
            repository.Write(".gitignore", root);
            repository.Write("src/.gitignore", nested);
            var rules = new IgnoreRules();
            rules.Add(".gitignore", root);
            rules.Add("src/.gitignore", nested);

            var expected = SampleRepository.Run(repository.Path, string.Join('\0', s_paths) + '\0', "check-ignore", "--no-index", "--stdin", "-z")
                .Split('\0', StringSplitOptions.RemoveEmptyEntries);

            Assert.True(
                expected.Order(StringComparer.Ordinal).SequenceEqual(s_paths.Where(path => rules.Reject(path) is not null).Order(StringComparer.Ordinal)),
                $"root:\n{root}\nsrc:\n{nested}\ngit: {string.Join(", ", expected)}\nours: {string.Join(", ", s_paths.Where(path => rules.Reject(path) is not null))}");
        }
    }

    [Fact]
    public void Reject_NuraIgnore_WinsOverGitIgnoreBesideIt()
    {
        var rules = new IgnoreRules();
        rules.Add(".gitignore", "*.log\n");
        rules.Add(".nuraignore", "!keep.log\nsecret/\n");

        Assert.Equal("Ignored by .gitignore.", rules.Reject("other.log"));
        Assert.Null(rules.Reject("keep.log"));
        Assert.Equal("Ignored by .nuraignore.", rules.Reject("a/secret/key.txt"));
    }

    [Fact]
    public void Reject_HostilePattern_EndsInTime()
    {
        var rules = new IgnoreRules();
        rules.Add(".gitignore", string.Concat(Enumerable.Repeat("*a", 60)) + "b\n");

        Assert.Null(rules.Reject(new string('a', 4000)));
    }
}
