using Nura.Agents.Citations;
using Nura.Contracts;
using Nura.Tests.Fakes;

namespace Nura.Tests.Agents;

public sealed class VerifiedAnswerTests
{
    private readonly List<RunEvent> _events = [];
    private readonly List<IReadOnlyList<string>> _lookUps = [];

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

    private VerifiedAnswer Answer() => new(
        (citations, _) =>
        {
            _lookUps.Add(citations);
            return Task.FromResult<IReadOnlyList<FileLines?>>([.. citations.Select(text =>
                Citation.TryParse(text, out var citation) && citation.Path == "good.cs" ? new FileLines(citation with { Commit = FakeRag.Commit }, "lines", 2) : null)]);
        },
        _events.Add);
}
