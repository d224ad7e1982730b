using System.Text.Json;
using Nura.Api.Errors;
using Nura.Api.Keys;
using Nura.Models;

namespace Nura.Api.Gateway;

/// <summary>OpenAI's embeddings.</summary>
internal static class EmbeddingEndpoints
{
    public static void MapEmbeddings(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/embeddings", EmbedAsync).WithTags("OpenAI").RequireAuthorization().Accepts<EmbeddingBody>("application/json").Produces(StatusCodes.Status200OK, contentType: "application/json");

    private static async Task EmbedAsync(HttpContext http, ModelCatalog catalog, ProfileResolver profiles, ModelForwarding forwarding, AnswerSharing sharing, EmbeddingClients embeddings)
    {
        using var bytes = await RequestBytes.ReadAsync(http.Request);
        var envelope = bytes.ToEnvelope();
        if (envelope.Model.Length == 0)
        {
            throw RequestException.BadParameter("model", "Name a model that makes embeddings in 'model'. GET /v1/models lists them.", "missing_required_parameter");
        }

        await profiles.LearnAsync(envelope.Model, http.RequestAborted);
        var named = catalog.Find(envelope.Model) ?? throw RequestException.NoModel(envelope.Model);
        var model = catalog.Current(named);
        if (model.Kind != ModelKind.Embedding)
        {
            throw RequestException.BadParameter("model", $"'{named.Id}' chats and makes no embeddings.");
        }

        if (forwarding.CanForward(model, ModelKind.Embedding))
        {
            await forwarding.AnswerAsync(http, named, model, Operations.Embeddings, envelope);
            return;
        }

        using var body = JsonDocument.Parse(bytes.Memory);
        var request = EmbeddingRequest.Read(body.RootElement);
        var caller = CallerScopes.CallerOf(http);
        await using var turn = await sharing.TurnAsync(http, caller, named, model, Operations.Embeddings, bytes.Memory, isStream: false);
        if (turn.IsAnswered)
        {
            return;
        }

        var notes = AnswerNotes.For(http);
        notes.AskedFor(named, model);
        var embedded = await embeddings.EmbedAsync(model, request.Texts, request.Dimensions, EmbeddingUse.Document, caller, notes.Receipt, http.RequestAborted);
        await turn.SendAsync(http, notes, request.Answer(envelope.Model, embedded));
    }
}
