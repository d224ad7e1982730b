using Nura.Api.Keys;
using Nura.Models;

namespace Nura.Api.Gateway;

/// <summary>Answers for models whose server speaks OpenAI's dialect itself: bodies pass through as they are.</summary>
internal sealed class ModelForwarding(Forwarder forwarder, AnswerSharing sharing, Heartbeat heartbeat)
{
    public bool CanForward(ModelInfo model, ModelKind kind) => model.Kind == kind && forwarder.CanForward(model);

    /// <summary>Answers a request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="named">The model that the caller named.</param>
    /// <param name="model">What answers in its place: itself, unless it has ended.</param>
    /// <param name="operation">What is asked for.</param>
    /// <param name="envelope">The body.</param>
    public async Task AnswerAsync(HttpContext http, ModelInfo named, ModelInfo model, string operation, Envelope envelope)
    {
        var caller = CallerScopes.CallerOf(http);
        await using var turn = await sharing.TurnAsync(http, caller, named, model, operation, envelope.Body, envelope.Stream);
        if (turn.IsAnswered)
        {
            return;
        }

        // Nothing is sent before the server's first event: until then its failure is another server's business, not the caller's.
        await using var answer = await forwarder.SendAsync(model, operation, envelope, caller, http.RequestAborted);
        if (!answer.IsStream)
        {
            var body = await answer.WholeAsync();
            if (answer.Succeeded)
            {
                turn.Keep(answer.Model.Id, answer.ContentType, body.Span, answer.Cost);
            }

            AnswerNotes.Begin(http.Response, answer.Status, answer.ContentType, named, model, answer.Model.Id);
            AnswerNotes.SetCost(http.Response, answer.Cost);
            http.Response.ContentLength = body.Length;
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
            return;
        }

        turn.Flight?.Begin(answer.Model.Id, answer.ContentType);
        AnswerNotes.Begin(http.Response, answer.Status, answer.ContentType, named, model, answer.Model.Id);
        http.Response.Headers.CacheControl = "no-cache";
        while (await heartbeat.NextAsync(http, answer.EventsAsync()) is { Length: > 0 } events)
        {
            turn.Flight?.Append(events.Span);
            if (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.BodyWriter.WriteAsync(events, CancellationToken.None);
            }
        }

        if (answer.Succeeded)
        {
            turn.Keep(answer.Cost);
        }

        // Leaves with the end of the response, in the same packet; what is cached has no cost.
        AnswerNotes.WriteCost(http.Response.BodyWriter, answer.Cost);
    }
}
