using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Nura.Api.Errors;

namespace Nura.Api.OpenAi;

/// <summary>Writes answers in the shapes of OpenAI's chat completions: one object, or chunks.</summary>
internal sealed class CompletionWriter(string id, long created, string model, bool includeUsage)
{
    // Never inside HTML, so code may stand as it is.
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private bool _begun;
    private int _calls;

    /// <summary>The chunks that a piece becomes.</summary>
    public void WriteChunks(IBufferWriter<byte> output, Piece piece)
    {
        switch (piece)
        {
            case TextPiece text:
                Delta(output, json => json.WriteString("content", text.Text));
                break;
            case ToolCallPiece call:
                // Once with identity and name, then the arguments: the order that clients assemble calls in.
                var index = _calls++;
                Delta(output, json => Call(json, index, call, first: true));
                Delta(output, json => Call(json, index, call, first: false));
                break;
            case EndPiece end:
                Chunk(output, static _ => { }, end);
                if (includeUsage)
                {
                    Usage(output, end.Usage);
                }

                output.Write("data: [DONE]\n\n"u8);
                break;
        }
    }

    /// <summary>A failure inside the stream: one chunk, and no <c>[DONE]</c>.</summary>
    public static void WriteError(IBufferWriter<byte> output, Exception exception)
    {
        var problem = ErrorHandler.Describe(exception) ?? new ProblemDetails { Status = StatusCodes.Status500InternalServerError, Title = "The answer broke off because of a defect. It is in the log." };
        output.Write("data: "u8);
        output.Write(OpenAiProblemWriter.Body(problem));
        output.Write("\n\n"u8);
    }

    /// <summary>The whole answer as one object.</summary>
    public void WriteWhole(IBufferWriter<byte> output, string text, IReadOnlyList<ToolCallPiece> calls, EndPiece end)
    {
        using var json = new Utf8JsonWriter(output, s_json);
        Begin(json, "chat.completion");
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        if (text.Length == 0 && calls.Count > 0)
        {
            json.WriteNull("content");
        }
        else
        {
            json.WriteString("content", text);
        }

        json.WriteNull("refusal");
        if (calls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            foreach (var call in calls)
            {
                json.WriteStartObject();
                json.WriteString("id", call.Id);
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", call.Name);
                json.WriteString("arguments", call.Arguments);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", end.FinishReason);
        json.WriteEndObject();
        json.WriteEndArray();
        WriteUsage(json, end.Usage);
        WriteRun(json, end.Run);
        json.WriteEndObject();
    }

    private static void Call(Utf8JsonWriter json, int index, ToolCallPiece call, bool first)
    {
        json.WriteStartArray("tool_calls");
        json.WriteStartObject();
        json.WriteNumber("index", index);
        if (first)
        {
            json.WriteString("id", call.Id);
            json.WriteString("type", "function");
        }

        json.WriteStartObject("function");
        if (first)
        {
            json.WriteString("name", call.Name);
        }

        json.WriteString("arguments", first ? "" : call.Arguments);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private void Delta(IBufferWriter<byte> output, Action<Utf8JsonWriter> delta)
    {
        if (!_begun)
        {
            _begun = true;
            Chunk(output, static json =>
            {
                json.WriteString("role", "assistant");
                json.WriteString("content", "");
            });
        }

        Chunk(output, delta);
    }

    private void Chunk(IBufferWriter<byte> output, Action<Utf8JsonWriter> delta, EndPiece? end = null)
    {
        using var json = BeginData(output);
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject("delta");
        delta(json);
        json.WriteEndObject();
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", end?.FinishReason);
        json.WriteEndObject();
        json.WriteEndArray();
        if (includeUsage)
        {
            json.WriteNull("usage");
        }

        WriteRun(json, end?.Run);
        EndData(output, json);
    }

    private void Usage(IBufferWriter<byte> output, CompletionUsage usage)
    {
        using var json = BeginData(output);
        json.WriteStartArray("choices");
        json.WriteEndArray();
        WriteUsage(json, usage);
        EndData(output, json);
    }

    private Utf8JsonWriter BeginData(IBufferWriter<byte> output)
    {
        output.Write("data: "u8);
        var json = new Utf8JsonWriter(output, s_json);
        Begin(json, "chat.completion.chunk");
        return json;
    }

    private static void EndData(IBufferWriter<byte> output, Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.Flush();
        output.Write("\n\n"u8);
    }

    private void Begin(Utf8JsonWriter json, string kind)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("object", kind);
        json.WriteNumber("created", created);
        json.WriteString("model", model);
    }

    private static void WriteUsage(Utf8JsonWriter json, CompletionUsage usage)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", usage.Input);
        json.WriteNumber("completion_tokens", usage.Output);
        json.WriteNumber("total_tokens", usage.Input + usage.Output);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", usage.CachedInput);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details");
        json.WriteNumber("reasoning_tokens", usage.Reasoning);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteRun(Utf8JsonWriter json, RunSummary? run)
    {
        if (run is null)
        {
            return;
        }

        json.WriteStartObject("nura");
        json.WriteString("run", run.Run);
        json.WriteString("model", run.Model);
        json.WriteStartArray("citations");
        foreach (var citation in run.Citations)
        {
            json.WriteStringValue(citation.ToString());
        }

        json.WriteEndArray();
        json.WriteNumber("citations_removed", run.Removed);
        json.WriteEndObject();
    }
}
