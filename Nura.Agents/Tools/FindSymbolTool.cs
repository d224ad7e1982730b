using System.Text.Json;
using Nura.Agents.Kernel;
using Nura.Contracts;

namespace Nura.Agents.Tools;

/// <summary>Lets a model find where something is defined.</summary>
internal sealed class FindSymbolTool(RagClient rag) : ITool
{
    private const int MostPlaces = 50;

    public string Name => "find_symbol";

    public string Description => "Where a class, method, function or other symbol is defined: each definition with its lines and signature.";

    public JsonElement Parameters { get; } = JsonSerializer.SerializeToElement(new
    {
        type = "object",
        properties = new
        {
            name = new { type = "string", description = "Its own name, without what is around it." },
            path = new { type = "string", description = "Only files below this folder, or that fit this pattern, such as src/**/*.cs." },
        },
        required = new[] { "name" },
    });

    public async Task<ToolAnswer> CallAsync(JsonElement arguments, AgentRun run, CancellationToken cancellationToken)
    {
        var name = arguments.RequiredString("name");
        var request = new SymbolRequest(name, IgnoreCase: true, Repositories: run.Request.Repositories, Path: arguments.OptionalString("path"), Take: MostPlaces);
        var answer = await rag.For(run.Payer).SymbolsAsync(request, cancellationToken);
        return Places.Answer(
            name, answer.Hits.Select(hit => (hit.Citation, $"{hit.Kind} {(hit.Container is null ? "" : $"{hit.Container}.")}{hit.Name}: {hit.Signature.Trim()}")), answer.More ? Places.More : null);
    }
}
