using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Nura.Api.Errors;
using Nura.Api.Gateway;
using Nura.Api.Keys;
using Nura.Models;
using Nura.ServiceDefaults.Streaming;

namespace Nura.Api.OpenAi;

/// <summary>Chat completions in OpenAI's dialect, of models and of agents.</summary>
internal sealed class ChatCompletions(
    ModelCatalog catalog, ProfileResolver profiles, AutoModel auto, ModelForwarding forwarding, AnswerSharing sharing, ModelCompletions models, ChatClients clients, IOptions<ApiOptions> options, TimeProvider time)
{
    /// <summary>Answers a request.</summary>
    /// <param name="http">The request.</param>
    /// <exception cref="RequestException">The body cannot be read, or names no model that there is.</exception>
    public async Task AnswerAsync(HttpContext http)
    {
        using var bytes = await RequestBytes.ReadAsync(http.Request);
        var envelope = bytes.ToEnvelope();
        await profiles.LearnAsync(envelope.Model, http.RequestAborted);
        var model = envelope.Model.Length == 0 ? null : catalog.Find(envelope.Model) ?? (envelope.Model == AutoModel.Name ? Choose(http, envelope) : null);
        var first = model is null ? null : catalog.Current(model);
        if (first is not null && forwarding.CanForward(first, ModelKind.Chat))
        {
            try
            {
                await forwarding.AnswerAsync(http, model!, first, Operations.Chat, envelope);
                return;
            }
            catch (ModelException failure) when (failure.IsOfTheModel && !http.Response.HasStarted && clients.Left(first, fallback => forwarding.CanForward(fallback, ModelKind.Chat)) is { } left)
            {
                // These speak another dialect, for which the body is translated.
                first = left;
            }
        }

        using var body = JsonDocument.Parse(bytes.Memory);
        var request = ChatRequest.Read(body.RootElement);
        var caller = CallerScopes.CallerOf(http);
        // What an agent answers depends on the index and on what the key may see, which change.
        await using var turn = model is null ? AnswerTurn.Alone : await sharing.TurnAsync(http, caller, model, first!, Operations.Chat, bytes.Memory, request.Stream);
        if (turn.IsAnswered)
        {
            return;
        }

        var notes = AnswerNotes.For(http);
        // Made here, since it comes with clients of other services: what goes to a model needs none.
        var pieces = model is null ? http.RequestServices.GetRequiredService<AgentCompletions>().AnswerAsync(request, AgentCompletions.ModelOf(http.Request), notes, http.RequestAborted) : models.AnswerAsync(model, first!, request, caller, notes, http.RequestAborted);
        var writer = new CompletionWriter(RequestIds.New("chatcmpl-"), time.GetUtcNow().ToUnixTimeSeconds(), AutoModel.Answering(request.Model, model), request.IncludeUsage);
        if (request.Stream)
        {
            await EventStream.SendAsync(
                http, turn.Watched(pieces, notes, EventStream.ContentType), turn.Recorded<Piece>(writer.WriteChunks), options.Value.Heartbeat, time, turn.Recorded<Exception>(CompletionWriter.WriteError));
            notes.WriteCost(http.Response.BodyWriter);
        }
        else
        {
            using var whole = new PassingWriter();
            await WriteWholeAsync(whole, pieces, writer, http.RequestAborted);
            await turn.SendAsync(http, notes, whole.Written);
        }
    }

    private ModelInfo Choose(HttpContext http, Envelope envelope)
    {
        using var body = JsonDocument.Parse(envelope.Body);
        var request = ChatRequest.Read(body.RootElement);
        return auto.Choose(http, ModelMessages.Of(request), ModelMessages.Options(request));
    }

    private static async Task WriteWholeAsync(PassingWriter output, IAsyncEnumerable<Piece> pieces, CompletionWriter writer, CancellationToken cancellationToken)
    {
        var texts = new List<string>();
        var calls = new List<ToolCallPiece>();
        EndPiece? end = null;
        await foreach (var piece in pieces.WithCancellation(cancellationToken))
        {
            switch (piece)
            {
                case TextPiece part:
                    texts.Add(part.Text);
                    break;
                case ToolCallPiece call:
                    calls.Add(call);
                    break;
                case EndPiece last:
                    end = last;
                    break;
            }
        }

        writer.WriteWhole(output, string.Concat(CollectionsMarshal.AsSpan(texts)), calls, end ?? throw new InvalidOperationException("An answer had no end."));
    }
}
