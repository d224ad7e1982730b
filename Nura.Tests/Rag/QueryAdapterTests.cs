using Nura.Rag.Dense;

namespace Nura.Tests.Rag;

public sealed class QueryAdapterTests
{
    private const int Dimensions = 16;
    private const int Pairs = 80;

    [Fact]
    public void Moved_LearnedFromPairs_GoesWhereTheRegressionSays()
    {
        var pairs = Examples();
        var adapter = QueryAdapter.Learn(pairs)!;
        var question = One(new Random(3));

        // The same W by going down the slope of the squared error, step by step.
        var w = new double[Dimensions, Dimensions];
        for (var step = 0; step < 3000; step++)
        {
            var slope = new double[Dimensions, Dimensions];
            foreach (var (message, target) in pairs)
            {
                for (var i = 0; i < Dimensions; i++)
                {
                    var error = message[i] - target[i] + Enumerable.Range(0, Dimensions).Sum(k => w[i, k] * message[k]);
                    for (var j = 0; j < Dimensions; j++)
                    {
                        slope[i, j] += error * message[j];
                    }
                }
            }

            for (var i = 0; i < Dimensions; i++)
            {
                for (var j = 0; j < Dimensions; j++)
                {
                    w[i, j] -= 0.02 * (slope[i, j] + (3 * w[i, j]));
                }
            }
        }

        var expected = question.Select((value, i) => (float)(value + Enumerable.Range(0, Dimensions).Sum(k => w[i, k] * question[k]))).ToArray();
        Matrix.Normalize(expected);
        Assert.All(adapter.Moved(question).Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
    }

    [Fact]
    public void FromBytes_OfAnother_MovesTheSame()
    {
        var adapter = QueryAdapter.Learn(Examples())!;
        var question = One(new Random(4));

        Assert.Equal(adapter.Moved(question), QueryAdapter.FromBytes(adapter.ToBytes(), adapter.Dimensions).Moved(question));
    }

    [Fact]
    public void Learn_FewThatSaySomething_LearnsNothing()
    {
        var pairs = Examples();
        var silent = pairs.Select((pair, i) => i % 2 == 0 ? pair : (new float[Dimensions], pair.Target));

        Assert.NotNull(QueryAdapter.Learn(pairs));
        Assert.Null(QueryAdapter.Learn(silent));
    }

    [Fact]
    public void Aim_FileOfSeveralChunks_IsHalfWayBetweenTheNearestAndTheMiddle()
    {
        var target = new float[2];

        QueryAdapter.Aim(target, [1, 0], [1, 0, 0, 1]);

        Assert.Equal(0.5 + (0.5 / Math.Sqrt(2)), target[0], 1e-6);
        Assert.Equal(0.5 / Math.Sqrt(2), target[1], 1e-6);
    }

    // Whatever a message is about, its files lie one dimension further on, more or less.
    private static List<(float[] Message, float[] Target)> Examples()
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, Pairs).Select(_ =>
        {
            var message = One(random);
            var noise = One(random);
            float[] target = [.. message.Select((_, i) => message[(i + Dimensions - 1) % Dimensions] + (0.3f * noise[i]))];
            Matrix.Normalize(target);
            return (message, target);
        })];
    }

    private static float[] One(Random random)
    {
        float[] vector = [.. Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle() - 0.5f)];
        Matrix.Normalize(vector);
        return vector;
    }
}
