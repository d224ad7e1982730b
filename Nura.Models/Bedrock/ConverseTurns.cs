using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>A conversation in the shape that Bedrock insists on.</summary>
/// <param name="System">Texts of the system prompt.</param>
/// <param name="Turns">User and assistant in alternation, the user first.</param>
internal sealed record ConverseTurns(IReadOnlyList<string> System, IReadOnlyList<ConverseTurns.Turn> Turns)
{
    internal sealed record Turn(bool IsUser, List<AIContent> Contents);

    /// <remarks>
    /// Bedrock refuses conversations that other providers take. So: turns of one role are merged, empty texts are dropped, a tool call without a result gets one that says so,
    /// a conversation does not begin with the assistant, and ends with it only for models that can go on from there.
    /// </remarks>
    public static ConverseTurns Of(ModelInfo model, IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var system = new List<string>();
        var turns = new List<Turn>();
        if (options?.Instructions is { Length: > 0 } instructions)
        {
            system.Add(instructions);
        }

        if (options?.ResponseFormat is ChatResponseFormatJson json)
        {
            system.Add(json.Schema is { } schema ? $"Answer with one JSON object and nothing else. It must match this JSON schema: {schema.GetRawText()}" : "Answer with one JSON object and nothing else.");
        }

        foreach (var message in messages)
        {
            if (message.Role == ChatRole.System || message.Role.Value == "developer")
            {
                if (!string.IsNullOrWhiteSpace(message.Text))
                {
                    system.Add(message.Text);
                }

                continue;
            }

            Append(turns, message.Role != ChatRole.Assistant, message.Contents.Where(IsSent));
        }

        if (system.Count > 0 && !model.Can(Capabilities.System))
        {
            var first = system.Select(AIContent (text) => new TextContent(text + "\n\n")).ToList();
            system.Clear();
            if (turns is [{ IsUser: true } turn, ..])
            {
                turn.Contents.InsertRange(0, first);
            }
            else
            {
                turns.Insert(0, new Turn(true, first));
            }
        }

        turns = AnswerEveryCall(turns);
        if (turns.Count == 0 || !turns[0].IsUser)
        {
            turns.Insert(0, new Turn(true, [new TextContent("Go on.")]));
        }

        if (!turns[^1].IsUser && !model.Can(Capabilities.Prefill))
        {
            turns.Add(new Turn(true, [new TextContent("Go on.")]));
        }

        return new ConverseTurns(system, turns);
    }

    private static bool IsSent(AIContent content) => content switch
    {
        TextContent text => !string.IsNullOrWhiteSpace(text.Text),
        // Thinking is replayed only with its signature: without one the provider refuses it.
        TextReasoningContent thinking => thinking.ProtectedData is { Length: > 0 },
        // An address of an image goes on too, to be refused by name: an answer to a picture never seen would be a lie.
        FunctionCallContent or FunctionResultContent or DataContent or UriContent => true,
        _ => false,
    };

    private static void Append(List<Turn> turns, bool isUser, IEnumerable<AIContent> contents)
    {
        var list = contents.ToList();
        if (list.Count == 0)
        {
            return;
        }

        if (turns.Count > 0 && turns[^1].IsUser == isUser)
        {
            turns[^1].Contents.AddRange(list);
        }
        else
        {
            turns.Add(new Turn(isUser, list));
        }
    }

    private static List<Turn> AnswerEveryCall(List<Turn> turns)
    {
        var merged = new List<Turn>();
        IReadOnlyList<FunctionCallContent> open = [];
        foreach (var turn in turns)
        {
            if (open.Count > 0)
            {
                var results = turn.IsUser ? turn.Contents.OfType<FunctionResultContent>().Select(result => result.CallId).ToHashSet(StringComparer.Ordinal) : [];
                var missing = open.Where(call => !results.Contains(call.CallId))
                    .Select(AIContent (call) => new FunctionResultContent(call.CallId, "The tool was not run.") { Exception = new InvalidOperationException("The tool was not run.") }).ToList();
                if (turn.IsUser)
                {
                    // Results go first in their turn.
                    var ordered = turn.Contents.OrderBy(content => content is FunctionResultContent ? 0 : 1).ToList();
                    merged.Add(new Turn(true, [.. missing, .. ordered]));
                    open = [];
                    continue;
                }

                merged.Add(new Turn(true, missing));
            }

            merged.Add(turn);
            open = turn.IsUser ? [] : [.. turn.Contents.OfType<FunctionCallContent>()];
        }

        if (open.Count > 0)
        {
            merged.Add(new Turn(true, [.. open.Select(call => new FunctionResultContent(call.CallId, "The tool was not run.") { Exception = new InvalidOperationException("The tool was not run.") })]));
        }

        return merged;
    }
}
