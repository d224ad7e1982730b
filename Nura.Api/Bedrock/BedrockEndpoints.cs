using System.Text.Json;
using Nura.Api.Errors;
using Nura.Api.Gateway;
using Nura.Api.Keys;
using Nura.Models;

namespace Nura.Api.Bedrock;

/// <summary>Bedrock's dialect: AWS' own clients, pointed here with a Nura key as <c>AWS_BEARER_TOKEN_BEDROCK</c> or signing with its secret, work unchanged.</summary>
internal static class BedrockEndpoints
{
    private static readonly string[] s_passedOn = ["X-Amzn-Bedrock-", "anthropic-"];

    public static void MapBedrock(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/model/{id}").WithTags("Bedrock").RequireAuthorization();
        foreach (var operation in (string[])["converse", "converse-stream", "invoke", "invoke-with-response-stream"])
        {
            group.MapPost(operation, (HttpContext http, string id, ModelCatalog catalog, ProfileResolver profiles, AutoModel auto, AnswerSharing sharing, BedrockForwarder forwarder, ChatClients clients, BedrockTranslation translation) =>
                    AnswerAsync(http, Uri.UnescapeDataString(id), operation, catalog, profiles, auto, sharing, forwarder, clients, translation))
                .Accepts<JsonElement>("application/json").Produces(StatusCodes.Status200OK, contentType: operation.Contains("stream", StringComparison.Ordinal) ? "application/vnd.amazon.eventstream" : "application/json");
        }
    }

    private static async Task AnswerAsync(
        HttpContext http, string id, string operation, ModelCatalog catalog, ProfileResolver profiles, AutoModel auto, AnswerSharing sharing, BedrockForwarder forwarder, ChatClients clients, BedrockTranslation translation)
    {
        http.Response.Headers["x-amzn-requestid"] = Guid.NewGuid().ToString();
        using var bytes = await RequestBytes.ReadAsync(http.Request);
        var envelope = Read(operation, bytes.Memory, http.Request);
        await profiles.LearnAsync(id, http.RequestAborted);
        var (named, model) = id == AutoModel.Name && catalog.Find(id) is null ? Choose(http, auto, envelope, catalog) : ModelOf(id, catalog);
        var forwards = forwarder.CanForward(model);
        if (forwards)
        {
            RefuseForeignBody(named, model, envelope);
        }

        var caller = CallerScopes.CallerOf(http);
        await using var turn = sharing.Concerns(http) ? await sharing.TurnAsync(http, caller, named, model, Identity(envelope, named), envelope.Body, envelope.IsStream) : AnswerTurn.Alone;
        if (turn.IsAnswered)
        {
            return;
        }

        if (forwards)
        {
            try
            {
                await ForwardAsync(http, caller, named, model, envelope, forwarder, turn);
                return;
            }
            catch (ModelException failure) when (failure.IsOfTheModel && envelope.IsConverse && !http.Response.HasStarted && clients.Left(model, forwarder.CanForward) is { } left)
            {
                // These are not on Bedrock.
                model = left;
            }
        }

        await translation.AnswerAsync(http, caller, named, model, envelope, turn);
    }

    /// <summary>What an answer depends on besides the body: headers choose guardrails and versions, and the name stands in some answers.</summary>
    private static string Identity(BedrockEnvelope envelope, ModelInfo named) =>
        string.Join('\n', envelope.Headers.Select(header => $"{header.Key.ToLowerInvariant()}: {header.Value}").Order(StringComparer.Ordinal).Prepend($"{envelope.Operation} {named.Id}"));

    private static async Task ForwardAsync(HttpContext http, Caller caller, ModelInfo named, ModelInfo model, BedrockEnvelope envelope, BedrockForwarder forwarder, AnswerTurn turn)
    {
        await using var answer = await forwarder.SendAsync(model, envelope, caller, http.RequestAborted);
        var response = http.Response;
        AnswerNotes.Begin(response, StatusCodes.Status200OK, answer.ContentType, named, model, answer.Model.Id);
        var headers = answer.Headers;
        foreach (var (name, value) in headers)
        {
            response.Headers[name] = value;
        }

        if (!envelope.IsStream)
        {
            var body = await answer.WholeAsync();
            turn.Keep(answer.Model.Id, answer.ContentType, body.Span, answer.Cost, headers);
            AnswerNotes.SetCost(response, answer.Cost);
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body, http.RequestAborted);
            return;
        }

        turn.Flight?.Begin(answer.Model.Id, answer.ContentType, headers);
        while (await answer.RelayAsync(response.BodyWriter, turn.Flight))
        {
            await response.BodyWriter.FlushAsync(http.RequestAborted);
        }

        if (answer.Succeeded)
        {
            turn.Keep(answer.Cost);
        }
    }

    private static (ModelInfo Named, ModelInfo Model) Choose(HttpContext http, AutoModel auto, BedrockEnvelope envelope, ModelCatalog catalog)
    {
        if (!envelope.IsConverse)
        {
            throw new RequestException(StatusCodes.Status404NotFound, $"'{AutoModel.Name}' takes Converse alone: InvokeModel's body is each family's own, so that the router cannot choose.");
        }

        using var body = JsonDocument.Parse(envelope.Body);
        var (messages, options) = ConverseBody.Read(body.RootElement);
        var chosen = auto.Choose(http, messages, options);
        return (chosen, catalog.Current(chosen));
    }

    private static (ModelInfo Named, ModelInfo Model) ModelOf(string id, ModelCatalog catalog)
    {
        // An ARN of a model or of a geography's profile ends with the id.
        var named = catalog.Find(id) ?? catalog.Find(id[(id.LastIndexOf('/') + 1)..])
            ?? throw new RequestException(StatusCodes.Status404NotFound, $"The model '{id}' does not exist here. {RequestException.WhatDoes}");
        return (named, catalog.Current(named));
    }

    /// <summary>Converse is the same for every model; InvokeModel's body is each family's own, and a replacement may be of another family.</summary>
    private static void RefuseForeignBody(ModelInfo named, ModelInfo model, BedrockEnvelope envelope)
    {
        if (!envelope.IsConverse && Family(named) != Family(model))
        {
            throw new RequestException(
                StatusCodes.Status404NotFound,
                $"'{named.Id}' has reached the end of its life. Its replacement '{model.Id}' takes another body: use Converse, or send that model's body to /model/{model.Id}/{envelope.Operation}.");
        }
    }

    private static string Family(ModelInfo model) => model.UpstreamName[..Math.Max(model.UpstreamName.IndexOf('.', StringComparison.Ordinal), 0)];

    private static BedrockEnvelope Read(string operation, ReadOnlyMemory<byte> body, HttpRequest request)
    {
        try
        {
            var headers = request.Headers.Where(header => s_passedOn.Any(prefix => header.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                .Select(header => KeyValuePair.Create(header.Key, header.Value.ToString())).ToList();
            return BedrockEnvelope.Read(operation, body, headers);
        }
        catch (JsonException exception)
        {
            throw RequestException.BadJson(exception);
        }
    }
}
