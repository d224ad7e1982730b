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
            near.Keep(Key(i), Answer(1_000));
        }

        Assert.InRange(near.Bytes, 1, 10_000);
        Assert.Null(near.Find(Key(0)));
        Assert.NotNull(near.Find(Key(99)));
    }

    [Fact]
    public void Find_TooOld_IsGoneAndItsBytesWithTheNextOne()
    {
        var near = new NearAnswers(1_000_000, TimeSpan.FromMinutes(1), _time);
        near.Keep(Key(0), Answer(5_000));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(near.Find(Key(0)));
        near.Keep(Key(1), Answer(100));
        Assert.InRange(near.Bytes, 1, 1_000);
    }

    [Fact]
    public void Keep_SameAgain_NewerOneStaysWhenTheOlderIsDue()
    {
        var near = new NearAnswers(1_000_000, TimeSpan.FromMinutes(1), _time);
        near.Keep(Key(2), Answer(1));
        _time.Advance(TimeSpan.FromSeconds(40));
        near.Keep(Key(2), Answer(2));
        _time.Advance(TimeSpan.FromSeconds(30));
        near.Keep(Key(3), Answer(3));

        Assert.Equal(2, near.Find(Key(2))!.Value.Body.Length);
    }

    /// <summary>The bytes lie in a ring that is written over; whatever is found must be what was kept last under its key.</summary>
    [Fact]
    public void Find_AfterManyRoundsOfAllLengths_GivesWhatWasKeptOrNothing()
    {
        var random = new Random(20261129);
        var near = new NearAnswers(50_000, TimeSpan.FromMinutes(1), _time);
        var kept = new Dictionary<AnswerKey, byte[]>();
        var found = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var key = Key(random.Next(200));
            var body = new byte[random.Next(10) == 0 ? 0 : random.Next(12_000)];
            random.NextBytes(body);
            near.Keep(key, new CachedAnswer("m", "application/json", body));
            kept[key] = body;
            _time.Advance(TimeSpan.FromSeconds(random.Next(100) == 0 ? 70 : random.Next(3)));

            Assert.InRange(near.Bytes, 0, 50_000);
            foreach (var (other, bytes) in kept)
            {
                if (near.Find(other) is { } answer)
                {
                    Assert.Equal(bytes, answer.Body.ToArray());
                    found++;
                }
            }
        }

        Assert.True(found > 10_000, $"{found} found");
    }

    [Fact]
    public void Keep_LongerThanAllRoom_IsNotKept()
    {
        var near = new NearAnswers(10_000, TimeSpan.FromMinutes(1), _time);
        near.Keep(Key(2), Answer(9_701));

        Assert.Null(near.Find(Key(2)));
        Assert.Equal(0, near.Bytes);
    }

    private static AnswerKey Key(int number) => new(0, (UInt128)number);

    private static CachedAnswer Answer(int length) => new("m", "application/json", new byte[length]);
}
