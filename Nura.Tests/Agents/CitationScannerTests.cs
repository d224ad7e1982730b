using Nura.Agents.Answering;
using Nura.Agents.Citations;
using Nura.Contracts;

namespace Nura.Tests.Agents;

public sealed class CitationScannerTests
{
    private const string One = "shop@0123456789ab:src/Cart.cs#L1-L3";

    /// <summary>Between the quotation marks around a passage's citation its own are written otherwise.</summary>
    [Fact]
    public void Push_CitationCopiedOfAPathWithQuotes_IsThatPath()
    {
        var citation = new Citation("shop", "0123456789ab", "src/a\" number=\"1.cs", 1, 3);
        var passage = PassageText.Of(citation, "class A { }");

        var copied = passage.Split('"') is [_, var attribute, _] ? attribute : passage;
        Assert.Equal([citation.ToString()], Assert.Single(Scan($"[{copied}]", 7)).Citations);
    }

    [Theory]
    [InlineData("No citation at all, but a [link](https://example.org) and an array[0].")]
    [InlineData("[] [ ] [[nested]] [a@b] [user@example.com] [x@0123456]")]
    [InlineData("Unfinished: [shop@0123456789ab:src/Cart.cs#L1-L3")]
    [InlineData("[shop@0123456789ab:over\ntwo lines#L1]")]
    [InlineData("- [ ] a task\n- [x] done")]
    public void Push_PlainText_ComesOutUnchanged(string text)
    {
        foreach (var size in (int[])[1, 2, 3, 1_000])
        {
            var segments = Scan(text, size);

            Assert.All(segments, segment => Assert.Null(segment.Citations));
            Assert.Equal(text, string.Concat(segments.Select(segment => segment.Text)));
        }
    }

    [Fact]
    public void Push_TextWithoutBrackets_IsNotHeldBack()
    {
        var scanner = new CitationScanner();

        foreach (var piece in (string[])["a", " b", ": c@d#e", "]"])
        {
            Assert.Equal(piece, Assert.Single(scanner.Push(piece)).Text);
        }
    }

    [Fact]
    public void Push_BracketThatCannotBeACitation_IsHeldNoLongerThanItMust()
    {
        var scanner = new CitationScanner();

        Assert.Empty(scanner.Push("[see"));
        Assert.Equal("[see ", Assert.Single(scanner.Push(" ")).Text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1_000)]
    public void Push_Citation_IsOneSegment(int size)
    {
        var segments = Scan($"Before [{One}] after.", size);

        Assert.Equal(One, Assert.Single(Assert.Single(segments, segment => segment.Citations is not null).Citations!));
        Assert.Equal($"Before [{One}] after.", string.Concat(segments.Select(segment => segment.Text)));
    }

    [Fact]
    public void Push_SeveralInOneBracket_AreTakenApart() =>
        Assert.Equal([One, "shop@0123456:b.cs#L7"], Assert.Single(Scan($"[{One}; shop@0123456:b.cs#L7]", 4)).Citations);

    [Theory]
    [InlineData("app/[id]/page.tsx")]
    [InlineData("docs/a, b.md")]
    [InlineData("a#L.txt")]
    public void Push_OddPath_StaysWhole(string path) =>
        Assert.Equal($"shop@0123456789ab:{path}#L2-L4", Assert.Single(Assert.Single(Scan($"[shop@0123456789ab:{path}#L2-L4]", 3)).Citations!));

    [Theory]
    [InlineData("[shop@0123456789ab:src/Cart.cs]", "\n")]
    [InlineData("[shop@0123456789ab:src/Cart.cs#L]", "")]
    [InlineData("[shop@0123456789ab:src/Cart.cs#L9-L2]", "")]
    public void Push_PretendedCitation_IsMarkedAsOneWithoutPlace(string text, string after)
    {
        var segments = Scan(text + after, 7);

        Assert.Equal(text, segments[0].Text);
        Assert.Empty(segments[0].Citations!);
    }

    [Fact]
    public void Push_AnyCut_GivesTheSame()
    {
        const string Text = $"x [[{One}] [shop@0123456:a] y [{One}, {One}] [shop@01234567:p/[a].c#L1] [{One}\n[";
        var whole = Scan(Text, 10_000);

        for (var size = 1; size < Text.Length; size++)
        {
            Assert.Equal(Merge(whole), Merge(Scan(Text, size)));
        }
    }

    private static List<Segment> Scan(string text, int size)
    {
        var scanner = new CitationScanner();
        return [.. text.Chunk(size).SelectMany(piece => scanner.Push(new string(piece))), .. scanner.Finish()];
    }

    private static string Merge(List<Segment> segments) =>
        string.Concat(segments.Select(segment => segment.Citations is null ? segment.Text : $"<{string.Join('|', segment.Citations)}>"));
}
