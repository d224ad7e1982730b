using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Nura.Api.Errors;
using Nura.Api.Gateway;
using Nura.Api.Keys;
using Nura.Models;
using Nura.ServiceDefaults.Streaming;

namespace Nura.Api.Anthropic;

/// <summary>The Anthropic dialect: messages, and the count of their tokens. Every chat model of the catalog answers.</summary>
internal static class AnthropicEndpoints
{
    /// <summary>What is asked for, as caches tell it from the other dialects' requests.</summary>
    public const string Operation = "messages";

    private const string EstimateHeader = "x-nura-estimated";

    public static void MapAnthropic(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/messages").WithTags("Anthropic").RequireAuthorization();
        group.MapPost("", MessagesAsync).Accepts<JsonElement>("application/json").Produces(StatusCodes.Status200OK, contentType: "application/json");
        group.MapPost("/count_tokens", CountAsync).Accepts<JsonElement>("application/json").Produces(StatusCodes.Status200OK, contentType: "application/json");
    }

    private static async Task MessagesAsync(HttpContext http, ModelCatalog catalog, ProfileResolver profiles, AutoModel auto, AnswerSharing sharing, ChatClients clients, IOptions<ApiOptions> options, TimeProvider time)
    {
        using var bytes = await RequestBytes.ReadAsync(http.Request);
        var request = Read(bytes.Memory, needsLimit: true);
        await profiles.LearnAsync(request.Model, http.RequestAborted);
        var (named, model) = ModelOf(http, request, catalog, auto);
        var caller = CallerScopes.CallerOf(http);
        await using var turn = await sharing.TurnAsync(http, caller, named, model, Operation, bytes.Memory, request.Stream);
        if (turn.IsAnswered)
        {
            return;
        }

        var notes = AnswerNotes.For(http);
        notes.AskedFor(named, model);
        request.Options.WithCaller(caller).WithReceipt(notes.Receipt);
        ModelFit.Check(model, request.Messages, request.Options);
        var client = clients.For(model);
        var writer = new MessagesWriter(RequestIds.New("msg_"), AutoModel.Answering(request.Model, named));
        if (request.Stream)
        {
            var updates = turn.Watched(WithEnd(client.GetStreamingResponseAsync(request.Messages, request.Options, http.RequestAborted)), notes, EventStream.ContentType);
            await EventStream.SendAsync(http, updates, turn.Recorded<ChatResponseUpdate?>(writer.Write), options.Value.Heartbeat, time, turn.Recorded<Exception>(MessagesWriter.WriteError));
            notes.WriteCost(http.Response.BodyWriter);
            return;
        }

        await turn.SendAsync(http, notes, writer.Whole(await client.GetResponseAsync(request.Messages, request.Options, http.RequestAborted)));
    }

    /// <summary>An estimate: what the text's length tells.</summary>
    private static async Task CountAsync(HttpContext http, ModelCatalog catalog, ProfileResolver profiles, AutoModel auto)
    {
        using var bytes = await RequestBytes.ReadAsync(http.Request);
        var request = Read(bytes.Memory, needsLimit: false);
        await profiles.LearnAsync(request.Model, http.RequestAborted);
        ModelOf(http, request, catalog, auto);
        http.Response.Headers[EstimateHeader] = "true";
        await new JsonObject { ["input_tokens"] = TokenEstimate.Of(request.Messages, request.Options) }.SendAsync(http.Response, http.RequestAborted);
    }

    private static (ModelInfo Named, ModelInfo Model) ModelOf(HttpContext http, MessagesRequest request, ModelCatalog catalog, AutoModel auto)
    {
        var named = catalog.Find(request.Model)
            ?? (request.Model == AutoModel.Name ? auto.Choose(http, request.Messages, request.Options) : throw RequestException.NoModel(request.Model));
        var model = catalog.Current(named);
        return model.Kind == ModelKind.Chat ? (named, model) : throw RequestException.BadParameter("model", $"model: '{request.Model}' makes embeddings and cannot chat.");
    }

    private static MessagesRequest Read(ReadOnlyMemory<byte> bytes, bool needsLimit)
    {
        try
        {
            using var body = JsonDocument.Parse(bytes);
            return MessagesRequest.Read(body.RootElement, needsLimit);
        }
        catch (JsonException exception)
        {
            throw RequestException.BadJson(exception);
        }
    }

    private static async IAsyncEnumerable<ChatResponseUpdate?> WithEnd(IAsyncEnumerable<ChatResponseUpdate> updates, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            yield return update;
        }

        yield return null;
    }
}
