using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Nura.Api.Errors;
using Nura.Api.Gateway;
using Nura.Api.Keys;
using Nura.Api.OpenAi;
using Nura.Models;
using Nura.ServiceDefaults.Streaming;

namespace Nura.Api.Responses;

/// <summary>OpenAI's Responses: every chat model and every agent answers; what was said is kept for the caller to go on from.</summary>
internal static class ResponseEndpoints
{
    /// <summary>What is kept of a conversation may be so many times as long as a body: settings are kept with every response.</summary>
    private const int MostHistory = 2;

    /// <summary>A field that stands twice could not be looked up later. And what is kept, sent on and given back has the request inside, where it must not be nested too deep to be read.</summary>
    private static readonly JsonDocumentOptions s_reading = new() { AllowDuplicateProperties = false, MaxDepth = 60 };

    public static void MapResponses(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/responses").WithTags("OpenAI").RequireAuthorization();
        group.MapPost("", CreateAsync).Accepts<JsonElement>("application/json").Produces(StatusCodes.Status200OK, contentType: "application/json");
        group.MapGet("/{id}", FindAsync).Produces(StatusCodes.Status200OK, contentType: "application/json");
        group.MapDelete("/{id}", DeleteAsync).Produces(StatusCodes.Status200OK, contentType: "application/json");
    }

    private static async Task CreateAsync(
        HttpContext http, ModelCatalog catalog, ProfileResolver profiles, AutoModel auto, ModelCompletions models, AgentCompletions agents, ResponseStore store, IOptions<ApiOptions> options, TimeProvider time)
    {
        var request = await ReadAsync(http);
        var chat = request.ToChat(await HistoryAsync(request, http, store, options.Value));
        var notes = AnswerNotes.For(http);
        await profiles.LearnAsync(request.Model, http.RequestAborted);
        var chosen = catalog.Find(request.Model) ?? (request.Model == AutoModel.Name ? auto.Choose(http, ModelMessages.Of(chat), ModelMessages.Options(chat)) : null);
        var pieces = chosen is { } model
            ? models.AnswerAsync(model, catalog.Current(model), chat, CallerScopes.CallerOf(http), notes, http.RequestAborted)
            : agents.AnswerAsync(chat, AgentCompletions.ModelOf(http.Request), notes, http.RequestAborted);
        var id = $"resp_{Guid.NewGuid():N}";
        var writer = new ResponseWriter(id, time.GetUtcNow().ToUnixTimeSeconds(), AutoModel.Answering(request.Model, chosen), request);
        if (request.Stream)
        {
            await EventStream.SendAsync(http, KeptAsync(pieces, id, request, writer, OwnerOf(http), store, http.RequestAborted), writer.Write, options.Value.Heartbeat, time, writer.WriteError);
            notes.WriteCost(http.Response.BodyWriter);
            return;
        }

        EndPiece? end = null;
        await foreach (var piece in KeptAsync(pieces, id, request, writer, OwnerOf(http), store, http.RequestAborted))
        {
            end = piece as EndPiece;
            writer.Add(piece);
        }

        http.Response.ContentType = "application/json";
        notes.SetCost(http.Response);
        await http.Response.WriteAsync(writer.Final(end ?? throw new InvalidOperationException("An answer had no end.")).ToJsonString(), http.RequestAborted);
    }

    private static async Task FindAsync(string id, HttpContext http, ResponseStore store)
    {
        var response = await store.FindAsync(id, OwnerOf(http), http.RequestAborted) ?? throw NoResponse(id);
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(response, http.RequestAborted);
    }

    private static async Task DeleteAsync(string id, HttpContext http, ResponseStore store)
    {
        if (!await store.DeleteAsync(id, OwnerOf(http), http.RequestAborted))
        {
            throw NoResponse(id);
        }

        await new JsonObject { ["id"] = id, ["object"] = "response.deleted", ["deleted"] = true }.SendAsync(http.Response, http.RequestAborted);
    }

    /// <summary>Keeps the response before its last piece leaves: whoever has read the end can go on from it.</summary>
    private static async IAsyncEnumerable<Piece> KeptAsync(
        IAsyncEnumerable<Piece> pieces, string id, ResponseRequest request, ResponseWriter writer, Guid owner, ResponseStore store, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var piece in pieces.WithCancellation(cancellationToken))
        {
            if (piece is EndPiece end && request.Store)
            {
                writer.Kept = await store.TryAddAsync(id, owner, request.PreviousId, request.Input, writer.Final(end), cancellationToken);
            }

            yield return piece;
        }
    }

    private static async Task<List<JsonNode>> HistoryAsync(ResponseRequest request, HttpContext http, ResponseStore store, ApiOptions options) =>
        request.PreviousId is null ? []
        : await store.HistoryAsync(request.PreviousId, OwnerOf(http), MostHistory * options.MaxBodyBytes, http.RequestAborted)
            ?? throw RequestException.BadParameter(
                "previous_response_id",
                $"The response '{request.PreviousId}', or one that it goes on from, is not kept: it was made with \"store\": false, was deleted, is older than 30 days, or is another key's. Send the whole conversation as 'input'.",
                "previous_response_not_found");

    private static async Task<ResponseRequest> ReadAsync(HttpContext http)
    {
        using var bytes = await RequestBytes.ReadAsync(http.Request);
        try
        {
            using var body = JsonDocument.Parse(bytes.Memory, s_reading);
            return ResponseRequest.Read(body.RootElement);
        }
        catch (JsonException exception) when (exception.LineNumber is null)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, "An object of the body has the same field twice: send each once.") { Code = "invalid_json" };
        }
        catch (JsonException exception)
        {
            throw RequestException.BadJson(exception);
        }
    }

    private static Guid OwnerOf(HttpContext http) => Guid.Parse(http.User.FindFirstValue(ClaimTypes.NameIdentifier)!);

    private static RequestException NoResponse(string id) =>
        new(StatusCodes.Status404NotFound, $"There is no response '{id}': it was not kept, was deleted, is older than 30 days, or is another key's.") { Parameter = "id", Code = "not_found" };
}
