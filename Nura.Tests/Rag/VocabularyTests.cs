using Nura.Rag.Text;

namespace Nura.Tests.Rag;

public sealed class VocabularyTests
{
    [Fact]
    public void Add_ManyTermsInAnyOrder_NumbersThemAsTheyCome()
    {
        var random = new Random(5);
        var vocabulary = new Vocabulary();
        var expected = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var round = 0; round < 20_000; round++)
        {
            var term = $"{(char)random.Next('a', 'd')}{random.Next(6000)}";
            Assert.Equal(expected.GetValueOrDefault(term, -1), vocabulary.Find(term));
            Assert.Equal(expected.TryAdd(term, expected.Count) ? expected.Count - 1 : expected[term], vocabulary.Add(term));
        }

        Assert.Equal(expected.Count, vocabulary.Count);
        Assert.All(expected, pair => Assert.Equal(pair.Key, vocabulary[pair.Value]));
    }

    [Fact]
    public void Add_OneThatContinuesAnother_IsATermOfItsOwn()
    {
        var vocabulary = new Vocabulary();

        Assert.Equal([0, 1, 2, 3, 0], new[] { "ab", "c", "", "abc", "ab" }.Select(term => vocabulary.Add(term)));
        Assert.Equal("", vocabulary[2]);
    }

    [Fact]
    public void Copy_GoesOn_LeavesTheFirstAsItWas()
    {
        var first = new Vocabulary();
        first.Add("one");
        var copy = new Vocabulary(first);

        Assert.Equal(1, copy.Add("two"));
        Assert.Equal(0, copy.Find("one"));
        Assert.Equal(-1, first.Find("two"));
        Assert.Same(first.Lineage, copy.Lineage);
        Assert.Equal(1, first.Add("three"));
    }

    [Fact]
    public void Add_AnotherVocabulary_TellsItsNumbersHere()
    {
        var (here, there) = (new Vocabulary(), new Vocabulary());
        here.Add("known");
        there.Add("new");
        there.Add("known");

        Assert.Equal([1, 0], here.Add(there));
        Assert.Equal("new", here[1]);
    }
}
