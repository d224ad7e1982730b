using Nura.Rag.Indexing;
using Nura.Rag.Ranking;
using Nura.Rag.Text;

namespace Nura.Tests.Rag;

/// <summary>A corpus moved by its changes ranks like one that was inverted anew.</summary>
public sealed class CorpusDeltaTests
{
    private static readonly Guid s_repository = Guid.CreateVersion7();
    private static readonly string[] s_words = ["invoice", "order", "customer", "parse", "token", "cache", "retry", "lease", "budget", "route", "IndexWorker", "GitMirror", "count_items"];

    [Fact]
    public void Apply_RandomEdits_RanksAsInvertedAnew()
    {
        var random = new Random(5);
        for (var round = 0; round < 20; round++)
        {
            var store = new Dictionary<long, byte[]>();
            var tree = new SortedDictionary<string, long>(StringComparer.Ordinal);
            for (var i = 0; i < 30; i++)
            {
                tree[$"src/{s_words[random.Next(s_words.Length)]}{i}.cs"] = NewBlob(store, random);
            }

            var corpus = Whole(tree, store, generation: 1);
            for (var generation = 2; generation < 12; generation++)
            {
                var before = tree.ToDictionary();
                for (var edit = random.Next(1, 5); edit > 0; edit--)
                {
                    var path = tree.Keys.ElementAt(random.Next(tree.Count));
                    switch (random.Next(4))
                    {
                        case 0:
                            tree[$"src/new{random.Next(40)}.cs"] = NewBlob(store, random);
                            break;
                        case 1 when tree.Count > 5:
                            tree.Remove(path);
                            break;
                        case 2 when tree.Count > 5:
                            tree[$"src/moved{random.Next(40)}.cs"] = tree[path];
                            tree.Remove(path);
                            break;
                        default:
                            tree[path] = random.Next(3) == 0 ? store.Keys.ElementAt(random.Next(store.Count)) : NewBlob(store, random);
                            break;
                    }
                }

                var changed = before.Keys.Union(tree.Keys).Where(path => before.GetValueOrDefault(path) != tree.GetValueOrDefault(path)).ToList();
                corpus = Moved(corpus, changed, tree, store, generation);
                var anew = Whole(tree, store, generation, corpus.AverageLength);
                foreach (var query in new[] { "invoice order", "parse the token cache", "IndexWorker retry lease", "count_items of the budget route", "moved customer" })
                {
                    var (expected, actual) = (Answers(anew, query), Answers(corpus, query));
                    Assert.Equal(expected.Keys, actual.Keys);
                    Assert.All(expected, answer => Assert.Equal(answer.Value, actual[answer.Key], tolerance: 1e-4));
                }

                Assert.Equal(anew.LiveChunks, corpus.LiveChunks);
                foreach (var word in s_words.Concat(["new", "moved", "src"]))
                {
                    var term = new SearchQuery(word).Terms[0].Term;
                    Assert.Equal(anew.Frequency(anew.Vocabulary.Find(term)), corpus.Frequency(corpus.Vocabulary.Find(term)));
                }
            }
        }
    }

    [Fact]
    public void Apply_MuchChanged_AsksForTheWhole()
    {
        var random = new Random(5);
        var store = new Dictionary<long, byte[]>();
        var tree = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < 400; i++)
        {
            tree[$"f{i}.cs"] = NewBlob(store, random);
        }

        var corpus = Whole(tree, store, 1);
        foreach (var path in tree.Keys.ToList())
        {
            tree[path] = NewBlob(store, random);
        }

        var vocabulary = new Vocabulary(corpus.Vocabulary);
        Assert.Null(CorpusDelta.Apply(corpus, Head(2), tree.Select(pair => (pair.Key, (long?)pair.Value, (string?)"csharp")), Decode(store, vocabulary), vocabulary, _ => null));
    }

    [Fact]
    public void Apply_OneFileChangedAgainAndAgain_HoldsOnlyItsPresentVersion()
    {
        var random = new Random(5);
        var store = new Dictionary<long, byte[]>();
        var tree = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < 10; i++)
        {
            tree[$"f{i}.cs"] = NewBlob(store, random);
        }

        var corpus = Whole(tree, store, 1);
        for (var generation = 2; generation < 30; generation++)
        {
            tree["f3.cs"] = NewBlob(store, random);
            corpus = Moved(corpus, ["f3.cs"], tree, store, generation);
        }

        Assert.Equal(tree.Values.Order(), corpus.Blobs.Keys.Order());
    }

    private static CorpusHead Head(long generation) => new(s_repository, "sample", new string('a', 40), generation);

    private static Corpus Whole(SortedDictionary<string, long> tree, Dictionary<long, byte[]> store, long generation, float? averageLength = null)
    {
        var vocabulary = new Vocabulary();
        return CorpusBuilder.Build(Head(generation), [.. tree.Select(pair => (pair.Key, pair.Value, "csharp"))], Decode(store, vocabulary), vocabulary, averageLength: averageLength);
    }

    private static Corpus Moved(Corpus corpus, IEnumerable<string> changed, SortedDictionary<string, long> tree, Dictionary<long, byte[]> store, long generation)
    {
        var vocabulary = new Vocabulary(corpus.Vocabulary);
        var changes = changed.Select(path => tree.TryGetValue(path, out var blob) ? (path, (long?)blob, (string?)"csharp") : (path, null, null));
        return CorpusDelta.Apply(corpus, Head(generation), changes, Decode(store, vocabulary), vocabulary, _ => null)
            ?? throw new InvalidOperationException("So few changes do not ask for the whole.");
    }

    private static Dictionary<long, BlobTerms> Decode(Dictionary<long, byte[]> store, Vocabulary vocabulary)
    {
        var reader = new BlobTermsReader(vocabulary);
        return store.ToDictionary(pair => pair.Key, pair => reader.Read(pair.Value, BlobAnalyzer.Format));
    }

    private static long NewBlob(Dictionary<long, byte[]> store, Random random)
    {
        var text = string.Join('\n', Enumerable.Range(0, random.Next(1, 60)).Select(_ => $"    // {string.Join(' ', Enumerable.Range(0, 6).Select(_ => s_words[random.Next(s_words.Length)]))}"));
        store.Add(store.Count + 1, new BlobAnalyzer().Analyze(new BlobKey($"{store.Count}", "csharp"), System.Text.Encoding.UTF8.GetBytes(text)).Terms!);
        return store.Count;
    }

    private static SortedDictionary<(string, int), double> Answers(Corpus corpus, string query) => new(
        new Ranker([new LexicalLane()]).Rank(new SearchQuery(query), [corpus], _ => true, 1000).ToDictionary(ranked => (ranked.File.Path, ranked.Ordinal), ranked => ranked.Score));
}
