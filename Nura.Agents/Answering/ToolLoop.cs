using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Nura.Agents.Kernel;
using Nura.Contracts;
using Nura.Models;
using Nura.ServiceDefaults.Text;

namespace Nura.Agents.Answering;

/// <summary>Lets a model answer, using tools in between, until it has no more calls or its steps are used up.</summary>
internal sealed class ToolLoop(IChatClient client, ModelInfo model, int maxSteps, TimeProvider time)
{
    private const int LongestSummary = 200;

    // A file has lines of any length, and a plugin's tool answers what it likes.
    private const int LongestAnswer = 16_000;

    private bool _wrote;

    /// <returns><c>stop</c>, <c>length</c> or <c>content_filter</c>.</returns>
    public async Task<string> AnswerAsync(AgentRun run, List<ChatMessage> conversation, ChatOptions options, CancellationToken cancellationToken)
    {
        for (var step = 1; ; step++)
        {
            if (step == maxSteps && options.Tools is { Count: > 0 })
            {
                options.ToolMode = ChatToolMode.None;
            }

            ContextFit.Shorten(conversation, options, model);
            var (said, reason) = await StepAsync(run, conversation, options, cancellationToken);
            var calls = said.Contents.OfType<FunctionCallContent>().ToList();
            if (calls.Count == 0 || step == maxSteps)
            {
                return reason == ChatFinishReason.Length ? "length" : reason == ChatFinishReason.ContentFilter ? "content_filter" : "stop";
            }

            conversation.Add(said);
            foreach (var call in calls)
            {
                conversation.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, await CallAsync(run, call, cancellationToken))]));
            }
        }
    }

    private async Task<(ChatMessage Said, ChatFinishReason? Reason)> StepAsync(
        AgentRun run, List<ChatMessage> conversation, ChatOptions options, CancellationToken cancellationToken)
    {
        var said = new ChatMessage(ChatRole.Assistant, []);
        var usage = new UsageDetails();
        var receipt = new Receipt();
        options.WithReceipt(receipt);
        ChatFinishReason? reason = null;

        // What a model says before it calls a tool and what it says afterwards are texts of their own.
        var gap = _wrote ? "\n\n" : "";
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(conversation, options, cancellationToken))
            {
                reason = update.FinishReason ?? reason;
                foreach (var content in update.Contents)
                {
                    switch (content)
                    {
                        case TextContent text:
                            said.Contents.Add(text);
                            if (text.Text.Length > 0)
                            {
                                await run.WriteAsync(gap + text.Text, cancellationToken);
                                (gap, _wrote) = ("", true);
                            }

                            break;
                        case FunctionCallContent call:
                            said.Contents.Add(call);
                            break;
                        case UsageContent used:
                            usage.Add(used.Details);
                            break;
                    }
                }
            }
        }
        catch (ModelException exception)
        {
            throw new ProblemException(exception.Status, exception.Message, exception.IsRetryable ? "Trying again may help." : null, exception);
        }
        finally
        {
            run.Account(receipt.Model ?? model.Id, usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0, receipt.Cost);
        }

        return (said, reason);
    }

    private async Task<string> CallAsync(AgentRun run, FunctionCallContent call, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var answer = await AnswerOfAsync(run, call, cancellationToken);
        var summary = answer.Summary.ReplaceLineEndings(" ");
        run.Report(new RunTool(call.Name, summary.AtMost(LongestSummary), time.GetElapsedTime(started).TotalMilliseconds));
        return Bounded(answer.Text);
    }

    private static string Bounded(string text) => text.Length <= LongestAnswer ? text : string.Create(
        CultureInfo.InvariantCulture,
        $"{text.AtMost(LongestAnswer)}\n\nCut here, after {LongestAnswer} of {text.Length} characters. Ask for less at once: fewer lines of a file, or fewer results.");

    // A model that calls wrongly is told so and may try again; an outage ends the run.
    private static async Task<ToolAnswer> AnswerOfAsync(AgentRun run, FunctionCallContent call, CancellationToken cancellationToken)
    {
        if (run.Tools.FirstOrDefault(tool => tool.Name == call.Name) is not { } tool)
        {
            return new ToolAnswer($"There is no tool '{call.Name}'. There are: {string.Join(", ", run.Tools.Select(known => known.Name))}.", "no such tool");
        }

        if (call.Exception is { } broken)
        {
            return new ToolAnswer(broken.Message, "unreadable arguments");
        }

        try
        {
            return await tool.CallAsync(JsonSerializer.SerializeToElement(call.Arguments ?? new Dictionary<string, object?>()), run, cancellationToken);
        }
        catch (ToolArgumentException exception)
        {
            return new ToolAnswer(exception.Message, exception.Message);
        }
        catch (ProblemException problem) when (problem.Status is >= 400 and < 500)
        {
            return new ToolAnswer(problem.Message, problem.Title);
        }
    }
}
