using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Nura.Api.Errors;
using Nura.Api.Gateway;
using Nura.Contracts;
using Nura.Models;
using Nura.ServiceDefaults.Streaming;

namespace Nura.Api.OpenAi;

/// <summary>The OpenAI dialect: chat completions and the list of models.</summary>
internal static class OpenAiEndpoints
{
    public static void MapOpenAi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").WithTags("OpenAI").RequireAuthorization();
        group.MapPost("/chat/completions", ChatAsync)
            .Accepts<ChatCompletionBody>("application/json").Produces<ChatCompletionAnswer>().Produces(StatusCodes.Status200OK, contentType: "text/event-stream");
        group.MapGet("/models", ModelsAsync);
        group.MapGet("/models/{**id}", ModelAsync);
    }

    private static async Task ChatAsync(
        HttpContext http, ModelCatalog catalog, ModelForwarding forwarding, ModelCompletions models, AgentCompletions agents, IOptions<ApiOptions> options, TimeProvider time)
    {
        using var bytes = await RequestBytes.ReadAsync(http.Request);
        var envelope = Read(bytes.Memory);
        if (envelope.Model.Length > 0 && catalog.Find(envelope.Model) is { } named && catalog.Current(named) is var current && forwarding.CanForward(current, ModelKind.Chat))
        {
            await forwarding.AnswerAsync(http, named, current, Operations.Chat, envelope);
            return;
        }

        using var body = JsonDocument.Parse(bytes.Memory);
        var request = ChatRequest.Read(body.RootElement);
        var caller = ModelForwarding.CallerOf(http.User);
        var notes = AnswerNotes.For(http);
        var pieces = catalog.Find(request.Model) is { } model ? models.AnswerAsync(model, request, caller, notes, http.RequestAborted) : agents.AnswerAsync(request, notes, http.RequestAborted);
        var writer = new CompletionWriter($"chatcmpl-{Guid.NewGuid():N}", time.GetUtcNow().ToUnixTimeSeconds(), request);
        if (request.Stream)
        {
            await EventStream.SendAsync(http, pieces, writer.WriteChunks, options.Value.Heartbeat, time, CompletionWriter.WriteError);
            notes.WriteCost(http.Response.BodyWriter);
        }
        else
        {
            await WholeAsync(http, pieces, writer, notes);
        }
    }

    private static async Task WholeAsync(HttpContext http, IAsyncEnumerable<Piece> pieces, CompletionWriter writer, AnswerNotes notes)
    {
        var text = new StringBuilder();
        var calls = new List<ToolCallPiece>();
        EndPiece? end = null;
        await foreach (var piece in pieces.WithCancellation(http.RequestAborted))
        {
            switch (piece)
            {
                case TextPiece part:
                    text.Append(part.Text);
                    break;
                case ToolCallPiece call:
                    calls.Add(call);
                    break;
                case EndPiece last:
                    end = last;
                    break;
            }
        }

        // Written once everything has ended: only then is the cost known.
        http.Response.ContentType = "application/json";
        notes.SetCost(http.Response);
        await http.Response.Body.WriteAsync(writer.Whole(text.ToString(), calls, end ?? throw new InvalidOperationException("An answer had no end.")), http.RequestAborted);
    }

    private static Envelope Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return Envelope.Read(body);
        }
        catch (JsonException exception) when (exception.LineNumber is null)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, "The body must be a JSON object.");
        }
        catch (JsonException exception)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, $"The body is not valid JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.") { Code = "invalid_json" };
        }
    }

    private static async Task<ModelList> ModelsAsync(ModelCatalog catalog, AgentsClient agents, CancellationToken cancellationToken) =>
        new([.. (await agents.ListAsync(cancellationToken)).Select(Of), .. catalog.Usable.Select(Of)]);

    private static async Task<ModelEntry> ModelAsync(string id, ModelCatalog catalog, AgentsClient agents, CancellationToken cancellationToken) =>
        catalog.Find(id) is { } model && catalog.IsUsable(model) ? Of(model)
        : (await agents.ListAsync(cancellationToken)).FirstOrDefault(agent => agent.Name == id) is { } agent ? Of(agent)
        : throw RequestException.NoModel(id);

    private static ModelEntry Of(AgentView agent) => new(agent.Name, "nura");

    private static ModelEntry Of(ModelInfo model) => new(model.Id, model.Server ?? model.Provider);
}
