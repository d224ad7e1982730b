using Nura.Rag.Ranking;

namespace Nura.Rag.Dense;

/// <summary>Learns a <see cref="LatentModel"/>. Randomized singular value decomposition: Halko, Martinsson and Tropp, 2011, algorithm 4.4.</summary>
internal static class LatentTrainer
{
    // Beyond, more dimensions brought nothing.
    private const int MostDimensions = 128;
    private const int FewestDimensions = 8;
    private const int Oversampling = 16;
    private const int PowerSteps = 2;

    private const int LeastFrequency = 3;
    private const double MostFrequent = 0.3;

    // More chunks than these teach nothing new about words, and cost memory.
    private const int MostChunks = 50_000;

    /// <summary>Learns from a corpus' chunks.</summary>
    /// <returns><see langword="null"/> if there is too little to learn from.</returns>
    public static LatentModel? Train(Corpus corpus, CancellationToken cancellationToken)
    {
        var rows = new int[corpus.Vocabulary.Count];
        Array.Fill(rows, -1);
        var rarity = new List<float>();
        for (var term = 0; term < rows.Length; term++)
        {
            if (corpus.Frequency(term) is >= LeastFrequency and var frequency && frequency <= MostFrequent * corpus.LiveChunks)
            {
                rows[term] = rarity.Count;
                rarity.Add((float)Math.Log(1 + ((double)corpus.LiveChunks / frequency)));
            }
        }

        var documents = Documents(corpus, rows, rarity);
        var width = Math.Min(MostDimensions + Oversampling, Math.Min(documents.Starts.Length - 1, rarity.Count));
        var dimensions = Math.Min(MostDimensions, width);
        if (dimensions < FewestDimensions)
        {
            return null;
        }

        // The seed is fixed: the same corpus gives the same model.
        var random = new Random(0);
        var basis = new float[rarity.Count * width];
        for (var i = 0; i < basis.Length; i++)
        {
            basis[i] = (float)((random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble()) - 2);
        }

        for (var step = 0; step <= PowerSteps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var range = Orthonormal(documents.Times(basis, width), width);
            cancellationToken.ThrowIfCancellationRequested();
            basis = documents.TransposeTimes(range, width, rarity.Count);
            basis = step < PowerSteps ? Orthonormal(basis, width) : basis;
        }

        // basis = the documents seen through an orthonormal base of their range; its left singular vectors are the terms'.
        var (values, vectors) = Matrix.Eigen(Matrix.Gram(basis, width));
        var turn = new float[width * dimensions];
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j < dimensions; j++)
            {
                turn[(i * dimensions) + j] = values[j] > values[0] * 1e-7 ? (float)(vectors[i, j] / Math.Sqrt(values[j])) : 0;
            }
        }

        return new LatentModel(corpus.Vocabulary, rows, [.. rarity], Matrix.Multiply(basis, width, turn, dimensions), dimensions);
    }

    // Columns made orthonormal through the eigenvectors of their products, which also survives columns that depend on each other.
    private static float[] Orthonormal(float[] matrix, int width)
    {
        var (values, vectors) = Matrix.Eigen(Matrix.Gram(matrix, width));
        var turn = new float[width * width];
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j < width; j++)
            {
                turn[(i * width) + j] = values[j] > values[0] * 1e-7 ? (float)(vectors[i, j] / Math.Sqrt(values[j])) : 0;
            }
        }

        return Matrix.Multiply(matrix, width, turn, width);
    }

    private static SparseRows Documents(Corpus corpus, int[] rows, List<float> rarity)
    {
        var step = Math.Max(1, (corpus.Chunks + MostChunks - 1) / MostChunks);
        var starts = new List<int> { 0 };
        var columns = new List<int>();
        var values = new List<float>();
        foreach (var file in corpus.Files.Where(file => file.Chunks > 0))
        {
            var blob = corpus.Blobs[file.Blob];
            for (var chunk = 0; chunk < file.Chunks; chunk++)
            {
                if ((file.FirstChunk + chunk) % step != 0)
                {
                    continue;
                }

                var first = columns.Count;
                var terms = blob.Terms(chunk);
                var counts = blob.Counts(chunk);
                double square = 0;
                for (var i = 0; i < terms.Length; i++)
                {
                    if (rows[terms[i]] is >= 0 and var row)
                    {
                        var value = (float)(1 + Math.Log(counts[i])) * rarity[row];
                        columns.Add(row);
                        values.Add(value);
                        square += value * value;
                    }
                }

                for (var i = first; i < values.Count; i++)
                {
                    values[i] /= (float)Math.Sqrt(square);
                }

                starts.Add(columns.Count);
            }
        }

        return new SparseRows([.. starts], [.. columns], [.. values]);
    }
}
