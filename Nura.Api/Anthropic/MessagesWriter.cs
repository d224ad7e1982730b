using System.Buffers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Nura.Models;
using Nura.ServiceDefaults.Streaming;

namespace Nura.Api.Anthropic;

/// <summary>Writes an answer in Anthropic's form: as one message, or as the events of a stream.</summary>
/// <param name="id">Identity of the message.</param>
/// <param name="model">As asked for.</param>
/// <param name="send">Writes an event of a stream, by its name and its data; as a server-sent event when absent.</param>
internal sealed class MessagesWriter(string id, string model, Action<IBufferWriter<byte>, string, string>? send = null)
{
    private readonly Action<IBufferWriter<byte>, string, string> _send = send ?? (static (output, name, data) => output.WriteEvent(name, data));
    private readonly UsageDetails _usage = new();
    private ChatFinishReason? _finish;
    private string? _open;
    private string? _signature;
    private int _index = -1;
    private bool _begun;
    private bool _called;

    /// <summary>The whole answer.</summary>
    public byte[] Whole(ChatResponse answer)
    {
        var parts = ToolJson.Parts(answer);
        parts.ForEach(Count);

        _usage.Add(answer.Usage ?? new UsageDetails());
        return new JsonObject
        {
            ["id"] = id,
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = model,
            ["content"] = new JsonArray([.. parts.Select(Block).Where(block => block is not null)]),
            ["stop_reason"] = Reason(answer.FinishReason),
            ["stop_sequence"] = null,
            ["usage"] = Usage(),
        }.ToUtf8();
    }

    /// <summary>The events that a piece of the answer becomes; <see langword="null"/> stands for the end.</summary>
    public void Write(IBufferWriter<byte> output, ChatResponseUpdate? update)
    {
        if (!_begun)
        {
            _begun = true;
            Event(output, "message_start", new JsonObject
            {
                ["type"] = "message_start",
                ["message"] = new JsonObject { ["id"] = id, ["type"] = "message", ["role"] = "assistant", ["model"] = model, ["content"] = new JsonArray(), ["stop_reason"] = null, ["stop_sequence"] = null, ["usage"] = new JsonObject { ["input_tokens"] = 0, ["output_tokens"] = 0 } },
            });
        }

        if (update is null)
        {
            Close(output);
            Event(output, "message_delta", new JsonObject { ["type"] = "message_delta", ["delta"] = new JsonObject { ["stop_reason"] = Reason(_finish), ["stop_sequence"] = null }, ["usage"] = Usage() });
            Event(output, "message_stop", new JsonObject { ["type"] = "message_stop" });
            return;
        }

        _finish = update.FinishReason ?? _finish;
        foreach (var content in update.Contents)
        {
            Count(content);
            switch (content)
            {
                case TextContent { Text.Length: > 0 } text:
                    Open(output, "text", new JsonObject { ["type"] = "text", ["text"] = "" });
                    Delta(output, new JsonObject { ["type"] = "text_delta", ["text"] = text.Text });
                    break;
                case TextReasoningContent thinking:
                    Open(output, "thinking", new JsonObject { ["type"] = "thinking", ["thinking"] = "", ["signature"] = "" });
                    _signature = thinking.ProtectedData ?? _signature;
                    if (thinking.Text.Length > 0)
                    {
                        Delta(output, new JsonObject { ["type"] = "thinking_delta", ["thinking"] = thinking.Text });
                    }

                    break;
                case FunctionCallContent call:
                    Close(output);
                    Open(output, "tool_use", new JsonObject { ["type"] = "tool_use", ["id"] = call.CallId, ["name"] = call.Name, ["input"] = new JsonObject() });
                    Delta(output, new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = ToolJson.Written(call) });
                    Close(output);
                    break;
            }
        }
    }

    /// <summary>The event that says why a stream ends early.</summary>
    public static void WriteError(IBufferWriter<byte> output, Exception exception) => output.WriteEvent("error", System.Text.Encoding.UTF8.GetString(AnthropicProblemWriter.Body(exception)));

    private void Count(AIContent content)
    {
        _called |= content is FunctionCallContent;
        if (content is UsageContent used)
        {
            _usage.Add(used.Details);
        }
    }

    private void Open(IBufferWriter<byte> output, string kind, JsonObject block)
    {
        if (_open == kind)
        {
            return;
        }

        Close(output);
        _open = kind;
        Event(output, "content_block_start", new JsonObject { ["type"] = "content_block_start", ["index"] = ++_index, ["content_block"] = block });
    }

    private void Close(IBufferWriter<byte> output)
    {
        if (_open is null)
        {
            return;
        }

        if (_signature is not null)
        {
            Delta(output, new JsonObject { ["type"] = "signature_delta", ["signature"] = _signature });
            _signature = null;
        }

        _open = null;
        Event(output, "content_block_stop", new JsonObject { ["type"] = "content_block_stop", ["index"] = _index });
    }

    private void Delta(IBufferWriter<byte> output, JsonObject delta) => Event(output, "content_block_delta", new JsonObject { ["type"] = "content_block_delta", ["index"] = _index, ["delta"] = delta });

    private void Event(IBufferWriter<byte> output, string name, JsonObject data) => _send(output, name, data.ToText());

    private static JsonObject? Block(AIContent content) => content switch
    {
        TextContent { Text.Length: > 0 } text => new JsonObject { ["type"] = "text", ["text"] = text.Text },
        TextReasoningContent thinking => new JsonObject { ["type"] = "thinking", ["thinking"] = thinking.Text, ["signature"] = thinking.ProtectedData ?? "" },
        FunctionCallContent call => new JsonObject { ["type"] = "tool_use", ["id"] = call.CallId, ["name"] = call.Name, ["input"] = ToolJson.ArgumentsNode(call) },
        _ => null,
    };

    /// <summary>Anthropic counts cached tokens apart from the input's.</summary>
    private JsonObject Usage()
    {
        var read = _usage.CachedInputTokenCount ?? 0;
        var (minutes, hour) = (_usage.AdditionalCounts?.GetValueOrDefault("cacheWrite5m") ?? 0, _usage.AdditionalCounts?.GetValueOrDefault("cacheWrite1h") ?? 0);
        return new JsonObject
        {
            ["input_tokens"] = Math.Max((_usage.InputTokenCount ?? 0) - read - minutes - hour, 0),
            ["cache_creation_input_tokens"] = minutes + hour,
            ["cache_read_input_tokens"] = read,
            ["cache_creation"] = new JsonObject { ["ephemeral_5m_input_tokens"] = minutes, ["ephemeral_1h_input_tokens"] = hour },
            ["output_tokens"] = _usage.OutputTokenCount ?? 0,
        };
    }

    /// <summary>Servers end a call that was demanded by name with "stop", as OpenAI does; Anthropic's clients run tools for "tool_use" alone.</summary>
    private string Reason(ChatFinishReason? reason) =>
        reason == ChatFinishReason.ToolCalls || (_called && (reason is null || reason == ChatFinishReason.Stop)) ? "tool_use" : reason == ChatFinishReason.Length ? "max_tokens" : reason == ChatFinishReason.ContentFilter ? "refusal" : "end_turn";
}
