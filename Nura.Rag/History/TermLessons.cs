using Nura.Rag.Ranking;

namespace Nura.Rag.History;

/// <summary>
/// How well a term of a question tells which files are meant, learned from past commits: how often a file changed held the term when the
/// message did, beyond what chance would give. "fix" tells nothing however rare it is in code; "savepoint" tells nearly everything.
/// </summary>
internal sealed class TermLessons
{
    // Beside so many commits of average telling a term's own are weighed.
    private const double Doubt = 10;

    // A commit of more files tells little about what its message's words mean.
    private const int MostFiles = 5;

    private const float Least = 0.1f;

    private readonly Dictionary<int, float> _weights = [];

    /// <summary>Nothing learned.</summary>
    public static TermLessons None { get; } = new();

    /// <summary>What a term of a question counts, around 1; exactly 1 for one that no message held.</summary>
    public float Weight(int term) => _weights.GetValueOrDefault(term, 1);

    /// <summary>Learns from a corpus and its history.</summary>
    public static TermLessons Learn(Corpus corpus, HistoryIndex history)
    {
        var files = corpus.Files.Count(file => file.Chunks > 0);
        var holding = new int[corpus.Files.Length];
        var dead = new bool[corpus.Chunks];
        foreach (var chunk in corpus.Dead)
        {
            dead[chunk] = true;
        }

        var lessons = new Dictionary<int, (double Gain, int Commits)>();
        var (gains, commits) = (0.0, 0);
        foreach (var (term, messages) in Messages(history))
        {
            var holders = Mark(corpus, corpus, term, dead, holding) + (corpus.Added is { } added ? Mark(corpus, added, term, dead, holding) : 0);
            if (holders == 0 || holders == files)
            {
                continue;
            }

            var chance = (double)holders / files;
            var share = messages.Sum(commit => commit.Files.Count(file => holding[file] == term + 1) / (double)commit.Files.Length);
            lessons.Add(term, ((share - (messages.Count * chance)) / (1 - chance), messages.Count));
            gains += lessons[term].Gain;
            commits += messages.Count;
        }

        var learned = new TermLessons();
        var average = commits == 0 ? 0 : gains / commits;
        if (average > 0)
        {
            foreach (var (term, (gain, count)) in lessons)
            {
                learned._weights.Add(term, Math.Max(Least, (float)((gain + (Doubt * average)) / (count + Doubt) / average)));
            }
        }

        return learned;
    }

    // Marks the files that hold a term, each once though it may have many such chunks, and counts them.
    private static int Mark(Corpus corpus, Corpus segment, int term, bool[] dead, int[] holding)
    {
        var (start, length) = segment.Span(term);
        var holders = 0;
        foreach (var chunk in segment.PostingChunks.AsSpan(start, length))
        {
            if (dead[chunk])
            {
                continue;
            }

            ref var mark = ref holding[corpus.ChunkFile[chunk]];
            holders += mark == term + 1 ? 0 : 1;
            mark = term + 1;
        }

        return holders;
    }

    private static Dictionary<int, List<HistoryCommit>> Messages(HistoryIndex history)
    {
        var messages = new Dictionary<int, List<HistoryCommit>>();
        foreach (var commit in history.Commits.Where(commit => commit.Files.Length <= MostFiles))
        {
            var terms = commit.Words.Terms(0);
            var counts = commit.Words.Counts(0);
            for (var i = 0; i < terms.Length; i++)
            {
                if (counts[i] < CommitReader.MessageWeight)
                {
                    continue;
                }

                if (!messages.TryGetValue(terms[i], out var holders))
                {
                    messages.Add(terms[i], holders = []);
                }

                holders.Add(commit);
            }
        }

        return messages;
    }
}
