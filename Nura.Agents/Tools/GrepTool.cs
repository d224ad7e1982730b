using System.Text.Json;
using Nura.Agents.Kernel;
using Nura.Contracts;

namespace Nura.Agents.Tools;

/// <summary>Lets a model find lines.</summary>
internal sealed class GrepTool(RagClient rag) : ITool
{
    private const int MostPlaces = 50;

    public string Name => "grep";

    public string Description => "The lines that hold a text or fit a regular expression.";

    public JsonElement Parameters { get; } = JsonSerializer.SerializeToElement(new
    {
        type = "object",
        properties = new
        {
            pattern = new { type = "string", description = "The text or expression; matched within lines." },
            regex = new { type = "boolean", description = "Whether it is a regular expression (.NET syntax without look-around and back-references)." },
            ignore_case = new { type = "boolean" },
            path = new { type = "string", description = "Only files below this folder, or that fit this pattern, such as src/**/*.cs." },
        },
        required = new[] { "pattern" },
    });

    public async Task<ToolAnswer> CallAsync(JsonElement arguments, AgentRun run, CancellationToken cancellationToken)
    {
        var pattern = arguments.RequiredString("pattern");
        var request = new GrepRequest(
            pattern, arguments.OptionalBoolean("regex"), arguments.OptionalBoolean("ignore_case"), run.Request.Repositories, arguments.OptionalString("path"), Take: MostPlaces);
        var answer = await rag.For(run.Payer).GrepAsync(request, cancellationToken);
        return Places.Answer(
            pattern,
            answer.Matches.Select(match => (match.Citation, match.Text.Trim())),
            answer.TimedOut ? $"The time ran out after {answer.FilesSearched} files: what is in the others is not known. Narrow it down by path."
            : answer.Next is not null ? Places.More
            : null);
    }
}
