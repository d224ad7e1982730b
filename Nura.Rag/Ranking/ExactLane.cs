using System.Text.RegularExpressions;

namespace Nura.Rag.Ranking;

/// <summary>Files that the question names: by path, by file name, or by an identifier that a file is called after.</summary>
internal sealed partial class ExactLane : IRankingLane
{
    public string Name => "exact";

    public double Weight => 0.3;

    public LaneVotes Vote(SearchQuery query, IReadOnlyList<Corpus> corpora)
    {
        var votes = corpora.Select(corpus => new float[corpus.Files.Length]).ToArray();
        foreach (var path in Paths().Matches(query.Text).Select(match => match.Value.Trim('/', '.')).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            Add(votes, corpora, corpus => corpus.Names.AtPath(path));
        }

        foreach (var name in Names().Matches(query.Text).Select(match => match.Groups["name"].Value).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            Add(votes, corpora, corpus => corpus.Names.Named(name));
        }

        return new LaneVotes(null, votes);
    }

    // A name that many files bear tells little about each.
    private static void Add(float[][] votes, IReadOnlyList<Corpus> corpora, Func<Corpus, IEnumerable<int>> find)
    {
        var found = corpora.SelectMany((corpus, i) => find(corpus).Select(file => (Corpus: i, File: file))).ToList();
        foreach (var (corpus, file) in found)
        {
            votes[corpus][file] += 1f / found.Count;
        }
    }

    // Begun only where a name may begin, so that a long run of letters is not tried from each of them.
    [GeneratedRegex(@"(?<![\w.@-])[\w.@-]+(/[\w.@-]+)+|(?<![\w-]|[\w-]\.)[\w-]+(\.[\w-]+)*\.[A-Za-z]\w{0,9}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Paths();

    // An identifier is told from a word by a capital or an underscore inside, or by quotes around it.
    [GeneratedRegex(@"(?<![\w.])(?<name>[A-Za-z][a-z0-9]*[A-Z_]\w*)|[`'""](?<name>\w+)[`'""]", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Names();
}
