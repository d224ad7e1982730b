using Nura.Agents.Citations;
using Nura.Contracts;
using Nura.Tests.Fakes;

namespace Nura.Tests.Agents;

public sealed class VerifiedAnswerTests
{
    private readonly List<RunEvent> _events = [];
    private readonly List<IReadOnlyList<string>> _lookUps = [];
    private string _text = "lines";

    private string Text => string.Concat(_events.OfType<RunToken>().Select(token => token.Text));

    [Fact]
    public async Task Write_CitationThatResolves_IsPassedOnWithItsLines()
    {
        var answer = Answer();

        await answer.WriteAsync("See [shop@0123456789ab:good.cs#L1-L2].", CancellationToken.None);

        Assert.Equal("See [shop@0123456789ab:good.cs#L1-L2].", Text);
        Assert.Equal(FakeRag.Commit, Assert.Single(_events.OfType<RunCitation>()).Citation.Commit);
        Assert.Equal((1, 0), (answer.Verified, answer.Removed));
    }

    [Fact]
    public async Task Write_CitationThatDoesNot_IsTakenOutAndCounted()
    {
        var answer = Answer();

        await answer.WriteAsync("See [shop@0123456789ab:invented.cs#L1-L2] and [shop@0123456789ab:noplace.cs]\n", CancellationToken.None);
        await answer.FinishAsync(CancellationToken.None);

        Assert.Equal("See  and \n", Text);
        Assert.Empty(_events.OfType<RunCitation>());
        Assert.Equal((0, 2), (answer.Verified, answer.Removed));
    }

    [Fact]
    public async Task Write_ManyInOnePiece_AreLookedUpTogetherAndOnce()
    {
        var answer = Answer();

        await answer.WriteAsync("[shop@0123456:good.cs#L1] [shop@0123456:good.cs#L2] [shop@0123456:good.cs#L1]", CancellationToken.None);
        await answer.WriteAsync("[shop@0123456:good.cs#L2]", CancellationToken.None);

        Assert.Equal(2, Assert.Single(_lookUps).Count);
        Assert.Equal(4, answer.Verified);
        Assert.Equal(2, _events.OfType<RunCitation>().Count());
    }

    [Fact]
    public async Task Write_LinesTheIndexGaveOut_NeedNoLookUp()
    {
        var answer = Answer();
        answer.Know(new FileLines(FakeRag.Cite("known.cs", 10, 12), "ten\neleven\ntwelve", 12));

        await answer.WriteAsync("[shop@0123456789ab:known.cs#L11-L12] [shop@0123456789ab:known.cs#L12-L13]", CancellationToken.None);

        Assert.Equal("eleven\ntwelve", Assert.Single(_events.OfType<RunCitation>()).Text);
        Assert.Equal(["shop@0123456789ab:known.cs#L12-L13"], Assert.Single(_lookUps));
        Assert.Equal(1, answer.Removed);
    }

    [Theory]
    [InlineData(1_000, 10, 200, 200 * 11 - 1)]
    [InlineData(100, 1_000, 16, 16_000)]
    [InlineData(1, 1_000_000, 1, 16_000)]
    [InlineData(200, 10, 200, 200 * 11 - 1)]
    public async Task Write_CitationOfVeryMuch_ShowsItsBeginning(int lines, int width, int linesShown, int charactersShown)
    {
        _text = string.Join('\n', Enumerable.Repeat(new string('x', width), lines));
        var answer = Answer();
        answer.Know(new FileLines(FakeRag.Cite("known.cs", 1, lines), _text, lines));

        await answer.WriteAsync($"[shop@0123456789ab:good.cs#L1-L99999] [shop@0123456789ab:known.cs#L1-L{lines}]", CancellationToken.None);

        Assert.Equal((2, 0), (answer.Verified, answer.Removed));
        Assert.All(_events.OfType<RunCitation>(), found => Assert.Equal((_text[..charactersShown], linesShown), (found.Text, found.Text.Split('\n').Length)));
        Assert.Equal(99_999, _events.OfType<RunCitation>().First().Citation.EndLine);
    }

    [Fact]
    public async Task Write_CitationsOfVeryMuchTogether_ShowNoMoreThanTheRunMay()
    {
        _text = new string('x', 10_000);
        var answer = Answer();

        for (var line = 1; line <= 100; line++)
        {
            await answer.WriteAsync($"[shop@0123456789ab:good.cs#L{line}]", CancellationToken.None);
        }

        var found = _events.OfType<RunCitation>().ToList();
        Assert.Equal((100, 100, 0), (found.Count, answer.Verified, answer.Removed));
        Assert.Equal(256_000, found.Sum(citation => citation.Text.Length));
        Assert.Equal((10_000, 6_000, 0), (found[24].Text.Length, found[25].Text.Length, found[26].Text.Length));
    }

    private VerifiedAnswer Answer() => new(
        (citations, _) =>
        {
            _lookUps.Add(citations);
            return Task.FromResult<IReadOnlyList<FileLines?>>([.. citations.Select(text =>
                Citation.TryParse(text, out var citation) && citation.Path == "good.cs" ? new FileLines(citation with { Commit = FakeRag.Commit }, _text, 2) : null)]);
        },
        _events.Add);
}
