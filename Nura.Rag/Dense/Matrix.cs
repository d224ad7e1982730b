using System.Numerics;
using System.Runtime.InteropServices;

namespace Nura.Rag.Dense;

/// <summary>The little linear algebra that is needed, on matrices stored row by row.</summary>
internal static class Matrix
{
    /// <summary>target += source * scale</summary>
    public static void AddScaled(Span<float> target, ReadOnlySpan<float> source, float scale)
    {
        var targets = MemoryMarshal.Cast<float, Vector<float>>(target);
        var sources = MemoryMarshal.Cast<float, Vector<float>>(source);
        for (var i = 0; i < sources.Length; i++)
        {
            targets[i] += sources[i] * scale;
        }

        for (var i = sources.Length * Vector<float>.Count; i < source.Length; i++)
        {
            target[i] += source[i] * scale;
        }
    }

    /// <summary>The sum of products.</summary>
    public static float Dot(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        var firsts = MemoryMarshal.Cast<float, Vector<float>>(first);
        var seconds = MemoryMarshal.Cast<float, Vector<float>>(second);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < firsts.Length; i++)
        {
            sums += firsts[i] * seconds[i];
        }

        var sum = Vector.Sum(sums);
        for (var i = firsts.Length * Vector<float>.Count; i < first.Length; i++)
        {
            sum += first[i] * second[i];
        }

        return sum;
    }

    /// <summary>Scales a vector to length 1 (its L2 norm), unless it is zero.</summary>
    public static void Normalize(Span<float> vector)
    {
        var length = MathF.Sqrt(Dot(vector, vector));
        if (length > 1e-9f)
        {
            foreach (ref var value in vector)
            {
                value /= length;
            }
        }
    }

    /// <summary>The Gram matrix: the products of all columns with each other.</summary>
    public static double[,] Gram(float[] matrix, int columns)
    {
        var sums = new float[columns * columns];
        var gram = new double[columns, columns];
        const int Block = 1024;
        for (var start = 0; start < matrix.Length; start += Block * columns)
        {
            // Blocks bound the error of adding in single precision.
            Array.Clear(sums);
            for (var row = start; row < Math.Min(matrix.Length, start + (Block * columns)); row += columns)
            {
                for (var i = 0; i < columns; i++)
                {
                    AddScaled(sums.AsSpan(i * columns, columns), matrix.AsSpan(row, columns), matrix[row + i]);
                }
            }

            for (var i = 0; i < columns; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    gram[i, j] += sums[(i * columns) + j];
                }
            }
        }

        return gram;
    }

    /// <summary>Multiplies each row by a small matrix.</summary>
    public static float[] Multiply(float[] matrix, int columns, float[] factor, int results)
    {
        var product = new float[matrix.Length / columns * results];
        for (int row = 0, target = 0; row < matrix.Length; row += columns, target += results)
        {
            for (var i = 0; i < columns; i++)
            {
                AddScaled(product.AsSpan(target, results), factor.AsSpan(i * results, results), matrix[row + i]);
            }
        }

        return product;
    }

    /// <summary>Eigenvalues, biggest first, and eigenvectors as columns, of a symmetric matrix, by Jacobi's rotations. Changes the matrix.</summary>
    public static (double[] Values, double[,] Vectors) Eigen(double[,] matrix)
    {
        const int MostSweeps = 30;
        var size = matrix.GetLength(0);
        var vectors = new double[size, size];
        for (var i = 0; i < size; i++)
        {
            vectors[i, i] = 1;
        }

        for (var sweep = 0; sweep < MostSweeps && Rotate(matrix, vectors, size); sweep++)
        {
        }

        var order = Enumerable.Range(0, size).OrderByDescending(i => matrix[i, i]).ToArray();
        var sorted = new double[size, size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
            {
                sorted[i, j] = vectors[i, order[j]];
            }
        }

        return ([.. order.Select(i => matrix[i, i])], sorted);
    }

    private static bool Rotate(double[,] matrix, double[,] vectors, int size)
    {
        double off = 0, all = 0;
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
            {
                all += matrix[i, j] * matrix[i, j];
                off += i == j ? 0 : matrix[i, j] * matrix[i, j];
            }
        }

        if (off <= all * 1e-20)
        {
            return false;
        }

        for (var p = 0; p < size; p++)
        {
            for (var q = p + 1; q < size; q++)
            {
                if (Math.Abs(matrix[p, q]) < 1e-300)
                {
                    continue;
                }

                var theta = (matrix[q, q] - matrix[p, p]) / (2 * matrix[p, q]);
                var tangent = (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
                var cosine = 1 / Math.Sqrt((tangent * tangent) + 1);
                var sine = tangent * cosine;
                for (var i = 0; i < size; i++)
                {
                    (matrix[i, p], matrix[i, q]) = ((cosine * matrix[i, p]) - (sine * matrix[i, q]), (sine * matrix[i, p]) + (cosine * matrix[i, q]));
                }

                for (var i = 0; i < size; i++)
                {
                    (matrix[p, i], matrix[q, i]) = ((cosine * matrix[p, i]) - (sine * matrix[q, i]), (sine * matrix[p, i]) + (cosine * matrix[q, i]));
                    (vectors[i, p], vectors[i, q]) = ((cosine * vectors[i, p]) - (sine * vectors[i, q]), (sine * vectors[i, p]) + (cosine * vectors[i, q]));
                }
            }
        }

        return true;
    }
}
