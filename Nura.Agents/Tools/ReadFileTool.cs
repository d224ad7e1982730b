using System.Text.Json;
using Nura.Agents.Answering;
using Nura.Agents.Kernel;
using Nura.Contracts;

namespace Nura.Agents.Tools;

/// <summary>Lets a model read lines of a file.</summary>
internal sealed class ReadFileTool(RagClient rag) : ITool
{
    private const int MostLines = 400;

    public string Name => "read_file";

    public string Description => "Reads lines of a file at a commit. Take repository, commit and path from the citation of a search result.";

    public JsonElement Parameters { get; } = JsonSerializer.SerializeToElement(new
    {
        type = "object",
        properties = new
        {
            repository = new { type = "string" },
            commit = new { type = "string", description = "7 to 64 hexadecimal digits." },
            path = new { type = "string" },
            start_line = new { type = "integer", minimum = 1 },
            end_line = new { type = "integer", minimum = 1, description = $"Inclusive; at most {MostLines} lines are returned." },
        },
        required = new[] { "repository", "commit", "path" },
    });

    public async Task<ToolAnswer> CallAsync(JsonElement arguments, AgentRun run, CancellationToken cancellationToken)
    {
        var start = arguments.OptionalInteger("start_line", 1, 1, int.MaxValue - MostLines);
        var end = Math.Min(arguments.OptionalInteger("end_line", start + MostLines - 1, start, int.MaxValue), start + MostLines - 1);
        var written = new Citation(arguments.RequiredString("repository"), arguments.RequiredString("commit"), arguments.RequiredString("path"), start, end).ToString();
        if (!Citation.TryParse(written, out _))
        {
            throw new ToolArgumentException($"'{written}' names no place in a repository. Take repository, commit and path from a citation.");
        }

        var lines = (await rag.ResolveAsync(new ResolveCitations([written], run.Request.Repositories), cancellationToken)).Single();
        if (lines is null)
        {
            return new ToolAnswer("There is no such file at that commit, or it has fewer lines.", $"{written}: not found");
        }

        run.Know(lines);
        return new ToolAnswer(PassageText.Of(lines.Citation, lines.Text), lines.Citation.ToString());
    }
}
