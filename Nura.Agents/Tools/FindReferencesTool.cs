using System.Text.Json;
using Nura.Agents.Kernel;
using Nura.Contracts;

namespace Nura.Agents.Tools;

/// <summary>Lets a model find where a symbol is used.</summary>
internal sealed class FindReferencesTool(RagClient rag) : ITool
{
    private const int MostPlaces = 50;

    public string Name => "find_references";

    public string Description => "The lines that hold a word, in whole and in its case: where a symbol is used, and by what.";

    public JsonElement Parameters { get; } = JsonSerializer.SerializeToElement(new
    {
        type = "object",
        properties = new
        {
            name = new { type = "string", description = "Letters, digits and underscores." },
            path = new { type = "string", description = "Only files below this folder, or that fit this pattern, such as src/**/*.cs." },
        },
        required = new[] { "name" },
    });

    public async Task<ToolAnswer> CallAsync(JsonElement arguments, AgentRun run, CancellationToken cancellationToken)
    {
        var name = arguments.RequiredString("name");
        var answer = await rag.For(run.Payer).ReferencesAsync(new ReferenceRequest(name, run.Request.Repositories, arguments.OptionalString("path"), Take: MostPlaces), cancellationToken);
        return Places.Answer(
            name, answer.Hits.Select(hit => (hit.Citation, $"{(hit.IsDefinition ? "(definition) " : hit.Symbol is null ? "" : $"(in {hit.Symbol}) ")}{hit.Text.Trim()}")), answer.More ? Places.More : null);
    }
}
