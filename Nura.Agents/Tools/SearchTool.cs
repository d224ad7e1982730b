using System.Text.Json;
using Nura.Agents.Answering;
using Nura.Agents.Kernel;
using Nura.Contracts;

namespace Nura.Agents.Tools;

/// <summary>Lets a model search the repositories.</summary>
internal sealed class SearchTool(RagClient rag) : ITool
{
    private const int MostHits = 20;

    public string Name => "search";

    public string Description => "Searches the indexed repositories and returns the best pieces of files with their citations. Use identifiers and words of the code.";

    public JsonElement Parameters { get; } = JsonSerializer.SerializeToElement(new
    {
        type = "object",
        properties = new
        {
            query = new { type = "string", description = "Words, identifiers, paths or quoted strings." },
            path_prefix = new { type = "string", description = "Only files below this path." },
            limit = new { type = "integer", minimum = 1, maximum = MostHits },
        },
        required = new[] { "query" },
    });

    public async Task<ToolAnswer> CallAsync(JsonElement arguments, AgentRun run, CancellationToken cancellationToken)
    {
        var query = arguments.RequiredString("query");
        var limit = arguments.OptionalInteger("limit", 8, 1, MostHits);
        var request = new SearchRequest(query, run.Request.Repositories, limit, BudgetTokens: 4_000, PathPrefix: arguments.OptionalString("path_prefix"));
        var answer = await rag.For(run.Payer).SearchAsync(request, cancellationToken);
        foreach (var hit in answer.Hits)
        {
            run.Know(new FileLines(hit.Citation, hit.Text, hit.Citation.EndLine));
        }

        return new ToolAnswer(
            answer.Hits.Count > 0 ? PassageText.Of(answer.Hits) : "Nothing was found. Try other words, or identifiers as they stand in the code.",
            $"\"{query}\": {answer.Hits.Count} passages");
    }
}
