namespace Nura.Rag.Ranking;

/// <summary>One way to tell how well chunks fit a question.</summary>
internal interface IRankingLane
{
    /// <summary>Its name, as shown with hits.</summary>
    string Name { get; }

    /// <summary>Its share in the mixture, by measurement; the lexical lane has 1.</summary>
    double Weight { get; }

    /// <summary>Scores the chunks of some corpora. What is in no other corpus must not matter.</summary>
    /// <param name="query">The question.</param>
    /// <param name="corpora">What the caller may see.</param>
    /// <returns>For each corpus one number for each chunk, 0 for no vote.</returns>
    IReadOnlyList<float[]> Score(SearchQuery query, IReadOnlyList<Corpus> corpora);
}
