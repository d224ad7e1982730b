namespace Nura.Rag.Dense;

/// <summary>A matrix that is mostly zero.</summary>
/// <param name="Starts">For each row where its values begin; one more at the end.</param>
/// <param name="Columns">Column of each value.</param>
/// <param name="Values">The values.</param>
internal sealed record SparseRows(int[] Starts, int[] Columns, float[] Values)
{
    /// <summary>The product with a matrix of some width, stored row by row.</summary>
    public float[] Times(float[] matrix, int width)
    {
        var product = new float[(Starts.Length - 1) * width];
        for (var row = 0; row + 1 < Starts.Length; row++)
        {
            for (var i = Starts[row]; i < Starts[row + 1]; i++)
            {
                Matrix.AddScaled(product.AsSpan(row * width, width), matrix.AsSpan(Columns[i] * width, width), Values[i]);
            }
        }

        return product;
    }

    /// <summary>The product of this transposed with a matrix of some width.</summary>
    /// <param name="matrix">One row for each of this one's.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="columns">How many columns this matrix has.</param>
    public float[] TransposeTimes(float[] matrix, int width, int columns)
    {
        var product = new float[columns * width];
        for (var row = 0; row + 1 < Starts.Length; row++)
        {
            for (var i = Starts[row]; i < Starts[row + 1]; i++)
            {
                Matrix.AddScaled(product.AsSpan(Columns[i] * width, width), matrix.AsSpan(row * width, width), Values[i]);
            }
        }

        return product;
    }
}
