using Nura.Contracts;

namespace Nura.Tests.Contracts;

public sealed class CitationTests
{
    [Theory]
    [InlineData("nura@0123456789ab:Nura.Rag/Program.cs#L3-L9", "nura", "Nura.Rag/Program.cs", 3, 9)]
    [InlineData("team/app@0123456:a b#c.md#L7", "team/app", "a b#c.md", 7, 7)]
    [InlineData("x@abcdef0:src/x.c#L1-2", "x", "src/x.c", 1, 2)]
    public void TryParse_WrittenForms_AreRead(string text, string repository, string path, int start, int end)
    {
        Assert.True(Citation.TryParse(text, out var citation));

        Assert.Equal((repository, path, start, end), (citation.Repository, citation.Path, citation.StartLine, citation.EndLine));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x@abcdef0:src/x.c")]
    [InlineData("x@abcdef0:src/x.c#L0-L2")]
    [InlineData("x@abcdef0:src/x.c#L9-L3")]
    [InlineData("x@main:src/x.c#L1-L2")]
    [InlineData("x@abcdef0:src/x.c#L1-L2\n")]
    [InlineData("x@abcdef0:src/x.c#L99999999999-L99999999999")]
    [InlineData("[x@abcdef0:src/x.c#L1-L2]")]
    public void TryParse_AnythingElse_IsRefused(string? text)
    {
        Assert.False(Citation.TryParse(text, out var citation));

        Assert.Null(citation);
    }

    [Fact]
    public void ToString_FullCommit_RoundTripsShortened()
    {
        var citation = new Citation("nura", new string('a', 40), "docs/x.md", 10, 12);

        Assert.Equal("nura@aaaaaaaaaaaa:docs/x.md#L10-L12", citation.ToString());
        Assert.True(Citation.TryParse(citation.ToString(), out var read));
        Assert.Equal(citation with { Commit = new string('a', Citation.ShortCommit) }, read);
    }
}
