using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nura.Models;

namespace Nura.Tests.Models;

public sealed class AnswerCacheTests
{
    private static readonly byte[] s_answer = Encoding.UTF8.GetBytes("an answer");

    [Fact]
    public async Task Find_WhileTheAnswerIsBeingKept_NobodyFetchesItAgain()
    {
        var cache = new AnswerCache(Options.Create(new ModelsOptions { Cache = { Seconds = 60 } }), new ServiceCollection().BuildServiceProvider(), TimeProvider.System);

        // Each round is one chance for a look to fall between the end of the fetch and the moment the answer is kept.
        for (var round = 0; round < 2000; round++)
        {
            var (key, fetches) = (new AnswerKey(0, (UInt128)round), 0);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                var known = await cache.FindAsync(key, CancellationToken.None);
                if (known.Leads)
                {
                    Interlocked.Increment(ref fetches);
                    Fetch(known.Flight!);
                    cache.End(key, known.Flight!, keep: true);
                    return;
                }

                Assert.Equal(s_answer, known.Answer?.Body.ToArray() ?? await FollowAsync(Assert.IsType<AnswerFlight>(known.Flight)));
            })));

            Assert.Equal(1, fetches);
        }
    }

    [Fact]
    public async Task Join_EndedWhole_ReadsItAll()
    {
        using var flight = new AnswerFlight();
        Fetch(flight);
        Assert.NotNull(flight.End(keep: true, cost: 1));

        Assert.True(flight.TryJoin());
        Assert.Equal(s_answer, await FollowAsync(flight));
        Assert.Equal(1, flight.Cost);
    }

    [Fact]
    public void Join_EndedBroken_IsRefused()
    {
        using var flight = new AnswerFlight();
        Fetch(flight);
        Assert.Null(flight.End(keep: false, cost: null));

        Assert.False(flight.TryJoin());
    }

    [Fact]
    public async Task Release_Followed_LeavesTheFollowerItsBytes()
    {
        using var flight = new AnswerFlight();
        Fetch(flight);
        Assert.True(flight.TryJoin());
        var body = await flight.AfterAsync(0, CancellationToken.None);
        flight.End(keep: true, cost: 1);

        flight.Release();
        PassingBytes.Rent(s_answer.Length).AsSpan().Clear();

        Assert.Equal(s_answer, body.ToArray());
    }

    [Fact]
    public void Join_Released_IsRefused()
    {
        using var flight = new AnswerFlight();
        Fetch(flight);
        flight.End(keep: true, cost: 1);

        flight.Release();

        Assert.False(flight.TryJoin());
    }

    private static void Fetch(AnswerFlight flight)
    {
        flight.Append(s_answer);
        flight.Begin("mock", "application/json");
    }

    private static async Task<byte[]> FollowAsync(AnswerFlight flight)
    {
        Assert.NotNull(await flight.BeginningAsync(CancellationToken.None));
        var body = (await flight.AfterAsync(0, CancellationToken.None)).ToArray();
        flight.Leave();
        return body;
    }
}
