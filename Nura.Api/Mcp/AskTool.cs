using System.ComponentModel;
using System.Text;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Nura.Api.Runs;
using Nura.Contracts;

namespace Nura.Api.Mcp;

/// <summary>An agent as a tool. A caller that cancels, or goes away, stops the run.</summary>
[McpServerToolType]
internal sealed class AskTool(AgentsClient agents, AgentRuns runs)
{
    [McpServerTool(Name = "ask", Title = "Ask about the code", ReadOnly = true, OpenWorld = false), Description("Asks an agent of Nura a question about the repositories. The answer, in Markdown, cites the lines that it rests on.")]
    public Task<string> AskAsync(
        [Description("The question.")] string question,
        IProgress<ProgressNotificationValue> progress,
        [Description("The agent: \"nura\" for questions, \"nura-architect\" to weigh a design or a change, \"nura-dev\" for code.")] string agent = "nura",
        [Description("A model for the agent to use; Nura chooses if absent.")] string? model = null,
        CancellationToken cancellationToken = default) => AnswerAsync(question, agent, model, progress, cancellationToken).ToldAsync();

    private async Task<string> AnswerAsync(string question, string agent, string? model, IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
    {
        // Not to be cancelled halfway: a run that nobody knows of could not be stopped.
        var run = await agents.StartAsync(new StartRun(agent, [new RunMessage("user", question)], model), CancellationToken.None);
        var text = new StringBuilder();
        var steps = 0;
        await foreach (var entry in runs.FollowAsync(run.Id, cancellationToken))
        {
            switch (entry)
            {
                case RunToken token:
                    text.Append(token.Text);
                    break;
                case RunTool tool:
                    progress.Report(new ProgressNotificationValue { Progress = ++steps, Message = $"{tool.Name}: {tool.Summary}" });
                    break;
                case RunError error:
                    throw new ProblemException(error.Status, error.Title, error.Detail);
                case RunDone { State: RunState.Stopped }:
                    throw new ProblemException(StatusCodes.Status409Conflict, "The run was stopped before it ended.");
            }
        }

        return text.ToString();
    }
}
