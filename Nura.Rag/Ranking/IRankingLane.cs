namespace Nura.Rag.Ranking;

/// <summary>One way to tell how well files and chunks fit a question.</summary>
internal interface IRankingLane
{
    /// <summary>Its name, as shown with hits.</summary>
    string Name { get; }

    /// <summary>Its share in the mixture, by measurement; the lexical lane has 1.</summary>
    double Weight { get; }

    /// <summary>Votes for what fits. Nothing but these corpora may matter.</summary>
    /// <param name="query">The question.</param>
    /// <param name="corpora">What the caller may see.</param>
    LaneVotes Vote(SearchQuery query, IReadOnlyList<Corpus> corpora);
}
