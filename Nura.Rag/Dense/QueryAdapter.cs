using System.Runtime.InteropServices;

namespace Nura.Rag.Dense;

/// <summary>
/// Moves a question's vector to where past commits that said something like it changed files: q + Wq, where W is learned from pairs of a
/// commit's message and what it changed by ridge regression (Hoerl and Kennard, 1970). Vectors of files stay as they are.
/// </summary>
/// <remarks>
/// In its dual form, which never needs W itself: with the messages as rows of M and the way from each to its files as rows of D,
/// Wq = Dᵀ(MMᵀ + λI)⁻¹Mq.
/// </remarks>
/// <param name="messages">The rows of M one after another, each of length 1.</param>
/// <param name="moves">The rows of (MMᵀ + λI)⁻¹D.</param>
/// <param name="dimensions">How long a row is.</param>
internal sealed class QueryAdapter(float[] messages, float[] moves, int dimensions)
{
    /// <summary>Most pairs that are learned from: the newest say most, and time grows with their third power.</summary>
    public const int MostPairs = 500;

    /// <summary>With fewer it would learn single commits by heart.</summary>
    public const int FewestPairs = 50;

    // For vectors of length 1. With this it lifted the dense lane in all six repositories of nura-loc.
    private const double Ridge = 3;

    /// <summary>How long the vectors are that it moves.</summary>
    public int Dimensions => dimensions;

    /// <summary>Learns from pairs.</summary>
    /// <param name="examples">Messages, of length 1, and where the files that their commits changed lie, as <see cref="Aim"/> tells; those that are zero are left out.</param>
    /// <returns><see langword="null"/> if they are too few.</returns>
    public static QueryAdapter? Learn(IEnumerable<(float[] Message, float[] Target)> examples)
    {
        var pairs = examples.Where(pair => pair.Message.AsSpan().ContainsAnyExcept(0) && pair.Target.AsSpan().ContainsAnyExcept(0)).Take(MostPairs).ToList();
        if (pairs.Count < FewestPairs)
        {
            return null;
        }

        var dimensions = pairs[0].Message.Length;
        var messages = new float[pairs.Count * dimensions];
        var ways = new double[pairs.Count][];
        for (var i = 0; i < pairs.Count; i++)
        {
            pairs[i].Message.CopyTo(messages, i * dimensions);
            Matrix.Normalize(pairs[i].Target);
            ways[i] = [.. pairs[i].Target.Zip(pairs[i].Message, (target, message) => (double)(target - message))];
        }

        var products = new double[pairs.Count, pairs.Count];
        for (var i = 0; i < pairs.Count; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                products[i, j] = Matrix.Dot(pairs[i].Message, pairs[j].Message) + (i == j ? Ridge : 0);
            }
        }

        Solve(products, ways);
        return new QueryAdapter(messages, [.. ways.SelectMany(row => row).Select(value => (float)value)], dimensions);
    }

    /// <summary>What <see cref="ToBytes"/> wrote.</summary>
    public static QueryAdapter FromBytes(byte[] bytes, int dimensions)
    {
        var values = MemoryMarshal.Cast<byte, float>(bytes);
        return new QueryAdapter(values[..(values.Length / 2)].ToArray(), values[(values.Length / 2)..].ToArray(), dimensions);
    }

    /// <summary>All of it, single precision, low bytes first.</summary>
    public byte[] ToBytes() => [.. MemoryMarshal.AsBytes<float>(messages), .. MemoryMarshal.AsBytes<float>(moves)];

    /// <summary>Where a question goes, of length 1 again.</summary>
    public float[] Moved(float[] question)
    {
        float[] moved = [.. question];
        for (var row = 0; row < messages.Length; row += dimensions)
        {
            Matrix.AddScaled(moved, moves.AsSpan(row, dimensions), Matrix.Dot(messages.AsSpan(row, dimensions), question));
        }

        Matrix.Normalize(moved);
        return moved;
    }

    /// <summary>Adds where a file that a commit changed lies: half way between what of it is most like the message and the middle of it all.</summary>
    /// <param name="target">The sum over the commit's files.</param>
    /// <param name="message">The message's vector.</param>
    /// <param name="chunks">The vectors of the file's chunks one after another.</param>
    public static void Aim(Span<float> target, ReadOnlySpan<float> message, ReadOnlySpan<float> chunks)
    {
        var middle = new float[message.Length];
        var (best, likeness) = (0, float.MinValue);
        for (var at = 0; at < chunks.Length; at += message.Length)
        {
            var chunk = chunks.Slice(at, message.Length);
            Matrix.AddScaled(middle, chunk, 1);
            var like = Matrix.Dot(message, chunk);
            (best, likeness) = like > likeness ? (at, like) : (best, likeness);
        }

        Matrix.Normalize(middle);
        Matrix.AddScaled(target, middle, 0.5f);
        Matrix.AddScaled(target, chunks.Slice(best, message.Length), 0.5f);
    }

    // Cholesky's decomposition of a symmetric matrix, of which the lower half is given and overwritten, then both triangles solved for all columns of the right side.
    private static void Solve(double[,] matrix, double[][] right)
    {
        var size = right.Length;
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix[i, j];
                for (var k = 0; k < j; k++)
                {
                    sum -= matrix[i, k] * matrix[j, k];
                }

                matrix[i, j] = i == j ? Math.Sqrt(sum) : sum / matrix[j, j];
            }
        }

        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < i; k++)
            {
                Subtract(right[i], right[k], matrix[i, k]);
            }

            Divide(right[i], matrix[i, i]);
        }

        for (var i = size - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < size; k++)
            {
                Subtract(right[i], right[k], matrix[k, i]);
            }

            Divide(right[i], matrix[i, i]);
        }
    }

    private static void Subtract(double[] target, double[] source, double scale)
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] -= source[i] * scale;
        }
    }

    private static void Divide(double[] target, double by)
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] /= by;
        }
    }
}
