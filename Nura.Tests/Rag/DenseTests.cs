using Nura.Rag.Dense;
using Nura.Rag.Ranking;

namespace Nura.Tests.Rag;

public sealed class DenseTests
{
    private const int Topics = 200;
    private const int Words = 4;

    [Fact]
    public void Train_WordsThatKeepCompany_LieCloseThoughTheyNeverShareAChunk()
    {
        // Of each topic the first three words occur together, and the last three; never the first with the last.
        var random = new Random(7);
        var chunks = Enumerable.Range(0, 4000).Select(i => (Topic: i % Topics, First: random.Next(2))).ToArray();
        var corpus = RankerTests.Corpus("a", ("x.cs", [.. chunks.Select(chunk => Enumerable.Range(chunk.First, Words - 1).Select(word => Word(chunk.Topic, word)).ToArray())]));

        var model = LatentTrainer.Train(corpus, CancellationToken.None)!;

        float[] Vector(int topic, int word)
        {
            var vector = new float[model.Dimensions];
            model.Add(corpus.Vocabulary.Find(Word(topic, word)), 1, vector);
            Matrix.Normalize(vector);
            return vector;
        }

        for (var topic = 0; topic < Topics; topic++)
        {
            var own = Matrix.Dot(Vector(topic, 0), Vector(topic, Words - 1));
            Assert.All(Enumerable.Range(0, Topics).Where(other => other != topic), other => Assert.True(own > Matrix.Dot(Vector(topic, 0), Vector(other, Words - 1))));
        }
    }

    [Fact]
    public void Train_TooLittle_LearnsNothing() =>
        Assert.Null(LatentTrainer.Train(RankerTests.Corpus("a", ("x.cs", [["alpha"], ["beta"]])), CancellationToken.None));

    [Fact]
    public void Eigen_SymmetricMatrix_IsTakenApart()
    {
        var random = new Random(1);
        const int Size = 12;
        var matrix = new double[Size, Size];
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                matrix[i, j] = matrix[j, i] = random.NextDouble() - 0.5;
            }
        }

        var (values, vectors) = Matrix.Eigen((double[,])matrix.Clone());

        Assert.Equal(values.OrderDescending(), values);
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j < Size; j++)
            {
                Assert.Equal(matrix[i, j], Enumerable.Range(0, Size).Sum(k => vectors[i, k] * values[k] * vectors[j, k]), 1e-9);
            }
        }
    }

    [Fact]
    public void Vote_DenseLane_CountsOnlyWhereItHasAWeight()
    {
        var corpus = RankerTests.Corpus("a", [.. Enumerable.Range(0, Topics).Select(topic =>
            ($"q{topic}.cs", Enumerable.Range(0, 10).Select(i => Enumerable.Range(i % 2, Words - 1).Select(word => Word(topic, word)).ToArray()).ToArray()))]);
        var model = LatentTrainer.Train(corpus, CancellationToken.None)!;
        var lane = new DenseLane();
        var taught = corpus with { Dense = DenseIndex.Place(model, corpus) };
        var counted = taught with { Weights = new LaneWeights(new Dictionary<string, double> { [DenseLane.LaneName] = 0.3 }) };
        var query = new SearchQuery(Word(3, 0));

        Assert.Null(lane.Vote(query, [taught]).Chunks);
        var votes = lane.Vote(query, [counted]).Chunks![0][..counted.Chunks];
        Assert.Equal("q3.cs", counted.Files[counted.ChunkFile[Array.IndexOf(votes, votes.Max())]].Path);
        Assert.All(lane.Vote(new SearchQuery("unheard"), [counted]).Chunks![0][..counted.Chunks], vote => Assert.Equal(0, vote));
    }

    private static string Word(int topic, int word) => $"{(char)('a' + (topic / 26))}{(char)('a' + (topic % 26))}{(char)('k' + word)}o";
}
