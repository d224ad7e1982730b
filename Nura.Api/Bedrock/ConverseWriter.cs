using System.Buffers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Nura.Api.Gateway;
using Nura.Models;

namespace Nura.Api.Bedrock;

/// <summary>Writes an answer in Converse's form: as one object, or as the events of ConverseStream.</summary>
internal sealed class ConverseWriter
{
    private readonly UsageDetails _usage = new();
    private ChatFinishReason? _finish;
    private bool _begun;
    private bool _called;
    private bool _textOpen;
    private int _index = -1;

    /// <summary>The whole answer.</summary>
    /// <param name="answer">What the model said.</param>
    /// <param name="elapsed">How long it took.</param>
    public static byte[] Whole(ChatResponse answer, TimeSpan elapsed)
    {
        var contents = ToolJson.Parts(answer);
        return new JsonObject
        {
            ["output"] = new JsonObject { ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray([.. contents.Select(Block).Where(block => block is not null)]) } },
            ["stopReason"] = Reason(answer.FinishReason, contents.OfType<FunctionCallContent>().Any()),
            ["usage"] = Usage(answer.Usage ?? new UsageDetails()),
            ["metrics"] = new JsonObject { ["latencyMs"] = (long)elapsed.TotalMilliseconds },
        }.ToUtf8();
    }

    /// <summary>The events that a piece of the answer becomes; <see langword="null"/> stands for the end, after which <see cref="WriteLast"/> is to follow.</summary>
    public void Write(IBufferWriter<byte> output, ChatResponseUpdate? update)
    {
        if (!_begun)
        {
            _begun = true;
            Event(output, "messageStart", new JsonObject { ["role"] = "assistant" });
        }

        if (update is null)
        {
            CloseText(output);
            Event(output, "messageStop", new JsonObject { ["stopReason"] = Reason(_finish, _called) });
            return;
        }

        _finish = update.FinishReason ?? _finish;
        foreach (var content in update.Contents)
        {
            Write(output, content);
        }
    }

    /// <summary>The last event: what was used, and what it cost.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="model">Id of the model that answered.</param>
    /// <param name="cost">US dollars; <see langword="null"/> if unknown.</param>
    public void WriteLast(IBufferWriter<byte> output, string? model, decimal? cost) =>
        Event(output, "metadata", new JsonObject { ["usage"] = Usage(_usage), ["metrics"] = new JsonObject { ["latencyMs"] = 0 }, ["nura"] = new JsonObject { ["model"] = model, ["cost"] = cost is { } known ? AnswerNotes.Text(known) : null } });

    private void Write(IBufferWriter<byte> output, AIContent content)
    {
        switch (content)
        {
            case TextContent { Text.Length: > 0 } text:
                if (!_textOpen)
                {
                    _textOpen = true;
                    _index++;
                }

                Event(output, "contentBlockDelta", new JsonObject { ["contentBlockIndex"] = _index, ["delta"] = new JsonObject { ["text"] = text.Text } });
                break;
            case FunctionCallContent call:
                CloseText(output);
                _called = true;
                _index++;
                Event(output, "contentBlockStart", new JsonObject { ["contentBlockIndex"] = _index, ["start"] = new JsonObject { ["toolUse"] = new JsonObject { ["toolUseId"] = call.CallId, ["name"] = call.Name } } });
                Event(output, "contentBlockDelta", new JsonObject { ["contentBlockIndex"] = _index, ["delta"] = new JsonObject { ["toolUse"] = new JsonObject { ["input"] = ToolJson.Written(call) } } });
                Event(output, "contentBlockStop", new JsonObject { ["contentBlockIndex"] = _index });
                break;
            case UsageContent used:
                _usage.Add(used.Details);
                break;
        }
    }

    private void CloseText(IBufferWriter<byte> output)
    {
        if (_textOpen)
        {
            _textOpen = false;
            Event(output, "contentBlockStop", new JsonObject { ["contentBlockIndex"] = _index });
        }
    }

    private static void Event(IBufferWriter<byte> output, string type, JsonObject data) => EventFrameWriter.WriteEvent(output, type, data.ToUtf8());

    /// <summary>Thinking is left out: without the signature of a model on Bedrock nobody could send it back.</summary>
    private static JsonObject? Block(AIContent content) => content switch
    {
        TextContent { Text.Length: > 0 } text => new JsonObject { ["text"] = text.Text },
        FunctionCallContent call => new JsonObject { ["toolUse"] = new JsonObject { ["toolUseId"] = call.CallId, ["name"] = call.Name, ["input"] = ToolJson.ArgumentsNode(call) } },
        _ => null,
    };

    /// <summary>Bedrock counts cached tokens apart from the input's.</summary>
    private static JsonObject Usage(UsageDetails usage)
    {
        var (input, output, read) = (usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0, usage.CachedInputTokenCount ?? 0);
        return new JsonObject { ["inputTokens"] = Math.Max(input - read, 0), ["outputTokens"] = output, ["totalTokens"] = input + output, ["cacheReadInputTokens"] = read, ["cacheWriteInputTokens"] = 0 };
    }

    private static string Reason(ChatFinishReason? reason, bool called) =>
        reason == ChatFinishReason.ToolCalls || (called && (reason is null || reason == ChatFinishReason.Stop)) ? "tool_use" : reason == ChatFinishReason.Length ? "max_tokens" : reason == ChatFinishReason.ContentFilter ? "content_filtered" : "end_turn";
}
