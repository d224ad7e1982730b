using Nura.Models;
using Nura.Tests.Fakes;

namespace Nura.Tests.Models;

public sealed class NearAnswersTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Keep_MoreThanFits_OldestGo()
    {
        var near = new NearAnswers(10_000, TimeSpan.FromMinutes(1), _time);
        for (var i = 0; i < 100; i++)
        {
            near.Keep($"{i}", Answer(1_000));
        }

        Assert.InRange(near.Bytes, 1, 10_000);
        Assert.Null(near.Find("0"));
        Assert.NotNull(near.Find("99"));
    }

    [Fact]
    public void Find_TooOld_IsGoneAndItsBytesWithTheNextOne()
    {
        var near = new NearAnswers(1_000_000, TimeSpan.FromMinutes(1), _time);
        near.Keep("old", Answer(5_000));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(near.Find("old"));
        near.Keep("new", Answer(100));
        Assert.InRange(near.Bytes, 1, 1_000);
    }

    [Fact]
    public void Keep_SameAgain_NewerOneStaysWhenTheOlderIsDue()
    {
        var near = new NearAnswers(1_000_000, TimeSpan.FromMinutes(1), _time);
        near.Keep("key", Answer(1));
        _time.Advance(TimeSpan.FromSeconds(40));
        near.Keep("key", Answer(2));
        _time.Advance(TimeSpan.FromSeconds(30));
        near.Keep("other", Answer(3));

        Assert.Equal(2, near.Find("key")!.Body.Length);
    }

    private static CachedAnswer Answer(int length) => new("m", "application/json", new byte[length]);
}
