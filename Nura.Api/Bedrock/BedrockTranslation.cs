using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Nura.Api.Anthropic;
using Nura.Api.Errors;
using Nura.Api.Gateway;
using Nura.Models;

namespace Nura.Api.Bedrock;

/// <summary>Answers Bedrock's dialect by models that are elsewhere. InvokeModel takes Claude's body for those: it is the one that coding tools send.</summary>
internal sealed class BedrockTranslation(ChatClients clients, TimeProvider time)
{
    private const string EventStreamType = "application/vnd.amazon.eventstream";

    public async Task AnswerAsync(HttpContext http, Caller caller, ModelInfo named, ModelInfo model, BedrockEnvelope envelope, AnswerTurn turn)
    {
        if (model.Kind != ModelKind.Chat)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, $"'{named.Id}' makes embeddings and is not on Bedrock: ask for them at /v1/embeddings.");
        }

        var notes = AnswerNotes.For(http);
        notes.AskedFor(named, model);
        using var body = JsonDocument.Parse(envelope.Body);
        var claude = envelope.IsConverse ? null : MessagesRequest.Read(body.RootElement, needsLimit: true, model: named.Id);
        var (messages, options) = claude is null ? ConverseBody.Read(body.RootElement) : (claude.Messages, claude.Options);
        options.WithCaller(caller).WithReceipt(notes.Receipt);
        ModelFit.Check(model, messages, options);
        var client = clients.For(model);
        var writer = new MessagesWriter(RequestIds.New("msg_bdrk_"), named.Id, Chunk);
        if (!envelope.IsStream)
        {
            var started = time.GetTimestamp();
            var answer = await client.GetResponseAsync(messages, options, http.RequestAborted);
            await turn.SendAsync(http, notes, claude is null ? ConverseWriter.Whole(answer, time.GetElapsedTime(started)) : writer.Whole(answer));
            return;
        }

        var write = claude is null ? Converse(turn, notes) : turn.Recorded<ChatResponseUpdate?>(writer.Write);
        var updates = WithEnd(client.GetStreamingResponseAsync(messages, options, http.RequestAborted));
        await StreamAsync(http, turn.Watched(updates, notes, EventStreamType), write, turn.Recorded<Exception>(BedrockProblemWriter.WriteException));
    }

    /// <summary>Writes the events of ConverseStream. The cost in the last is the caller's: who gets the answer again pays nothing.</summary>
    private static Action<IBufferWriter<byte>, ChatResponseUpdate?> Converse(AnswerTurn turn, AnswerNotes notes)
    {
        var writer = new ConverseWriter();
        var write = turn.Recorded<ChatResponseUpdate?>(writer.Write);
        return (output, update) =>
        {
            write(output, update);
            if (update is null)
            {
                writer.WriteLast(output, notes.Receipt.Model, notes.Cost);
                turn.Record(again => writer.WriteLast(again, notes.Receipt.Model, 0));
            }
        };
    }

    /// <summary>Sends the events of an answer. The headers leave with the first, so that a failure before it is still a status.</summary>
    private static async Task StreamAsync(HttpContext http, IAsyncEnumerable<ChatResponseUpdate?> updates, Action<IBufferWriter<byte>, ChatResponseUpdate?> write, Action<IBufferWriter<byte>, Exception> fail)
    {
        var output = http.Response.BodyWriter;
        try
        {
            await foreach (var update in updates.WithCancellation(http.RequestAborted))
            {
                if (!http.Response.HasStarted)
                {
                    http.Response.ContentType = EventStreamType;
                }

                write(output, update);
                await output.FlushAsync(http.RequestAborted);
            }
        }
        catch (Exception exception) when (http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            fail(output, exception);
            await output.FlushAsync(CancellationToken.None);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; nobody is left to tell.
        }
    }

    /// <summary>An event of Claude's own stream, as InvokeModelWithResponseStream wraps it.</summary>
    private static void Chunk(IBufferWriter<byte> output, string type, string json) =>
        EventFrameWriter.WriteEvent(output, "chunk", new JsonObject { ["bytes"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(json)) }.ToUtf8());

    private static async IAsyncEnumerable<ChatResponseUpdate?> WithEnd(IAsyncEnumerable<ChatResponseUpdate> updates, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            yield return update;
        }

        yield return null;
    }
}
