namespace Nura.Rag.Embeddings;

/// <summary>The statements of <see cref="NearestChunks"/>: each names the repositories it is about, and reads the vectors of no others.</summary>
internal static class NearestSql
{
    // The same text may stand in many blobs; only those of the repository count. Vectors have length 1: their product is the cosine.
    private const string Chunks =
        """
        JOIN rag.chunk_hash h ON h.content_hash = n.content_hash
        WHERE EXISTS (SELECT FROM rag.tree t JOIN rag.repository r ON r.id = t.repository WHERE t.blob = h.blob AND (r.id = n.repository OR r.parent = n.repository))
        """;

    /// <summary>The nearest of each of some repositories, by comparing all. Parameters: repositories, model, vector as text, most.</summary>
    public const string Compare =
        $"""
        SELECT n.repository, h.blob, h.ordinal, -n.distance
        FROM (
            SELECT e.* FROM unnest($1::uuid[]) asked(repository) CROSS JOIN LATERAL (
                SELECT e.repository, e.content_hash, e.value <#> $3::public.halfvec AS distance FROM rag.embedding e
                WHERE e.repository = asked.repository AND e.model = $2 ORDER BY distance LIMIT $4) e
        ) n
        {Chunks}
        """;

    /// <summary>
    /// To be run before <see cref="Descend"/>, in its transaction. Without an order of its own the planner would rather compare everything
    /// while its statistics know nothing of new rows yet.
    /// </summary>
    public static string Prepare { get; } = $"SELECT set_config('hnsw.ef_search', '{NearestChunks.Most}', true), set_config('enable_sort', 'off', true)";

    /// <summary>The nearest of one repository, by its index. Parameters: vector as text, most.</summary>
    /// <remarks>The index holds the rows of this repository and model alone, so there is nothing to filter that could leave too few.</remarks>
    public static string Descend(Guid repository, string model, int dimensions) =>
        $"""
        SELECT n.repository, h.blob, h.ordinal, -n.distance
        FROM (
            SELECT repository, content_hash, {NearIndexes.Value(dimensions)} <#> $1::public.halfvec AS distance FROM rag.embedding
            WHERE {NearIndexes.Rows(repository, model)} ORDER BY {NearIndexes.Value(dimensions)} <#> $1::public.halfvec LIMIT $2
        ) n
        {Chunks}
        """;
}
