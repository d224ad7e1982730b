using Nura.Api.Anthropic;
using Nura.Models;
using Nura.ServiceDefaults.Streaming;

namespace Nura.Api.Gateway;

/// <summary>Answers requests from the caches, or along with another request for the very same, in every dialect: what is given again are the bytes.</summary>
internal sealed class AnswerSharing(AnswerCache cache, SemanticCache semantic, CallMeter meter, Heartbeat heartbeat)
{
    private const string CacheHeader = "x-nura-cache";

    /// <summary>Whether a request may be answered from the cache at all.</summary>
    /// <param name="http">The request.</param>
    public bool Concerns(HttpContext http) => cache.IsOn && !http.Request.Headers.CacheControl.ToString().Contains("no-cache", StringComparison.OrdinalIgnoreCase);

    /// <summary>Answers a request if somebody else's answer will do.</summary>
    /// <param name="http">The request; nothing of the response may have left.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="named">The model that the caller named.</param>
    /// <param name="model">What answers in its place: itself, unless it has ended.</param>
    /// <param name="operation">What is asked for, with all that the answer depends on besides the body.</param>
    /// <param name="body">The request's bytes.</param>
    /// <param name="isStream">Whether the answer is to come piece by piece.</param>
    /// <returns>What is left to do; to be disposed of when it is done.</returns>
    public ValueTask<AnswerTurn> TurnAsync(HttpContext http, Caller caller, ModelInfo named, ModelInfo model, string operation, ReadOnlyMemory<byte> body, bool isStream) =>
        Concerns(http) ? FindAsync(http, caller, named, model, operation, body, isStream) : new(AnswerTurn.Alone);

    private async ValueTask<AnswerTurn> FindAsync(HttpContext http, Caller caller, ModelInfo named, ModelInfo model, string operation, ReadOnlyMemory<byte> body, bool isStream)
    {
        var key = AnswerKey.Of(caller, model, operation, body.Span);
        var known = await cache.FindAsync(key, http.RequestAborted);
        if (known.Answer is { } answer)
        {
            await GiveAsync(http, caller, named, model, answer, "hit");
            return AnswerTurn.Answered;
        }

        return known.Leads ? await LeadAsync(http, caller, named, model, operation, body, new AnswerTurn(http, cache, key, known.Flight!))
            : known.Flight is { } flight && await FollowAsync(http, caller, named, model, flight, isStream) ? AnswerTurn.Answered
            : AnswerTurn.Alone;
    }

    /// <summary>Leaves the answer to the request, unless its caller has had one to a question that means the same.</summary>
    private ValueTask<AnswerTurn> LeadAsync(HttpContext http, Caller caller, ModelInfo named, ModelInfo model, string operation, ReadOnlyMemory<byte> body, AnswerTurn turn) =>
        semantic.IsOn && operation is Operations.Chat or AnthropicEndpoints.Operation ? CompareAsync(http, caller, named, model, operation, body, turn) : new(turn);

    private async ValueTask<AnswerTurn> CompareAsync(HttpContext http, Caller caller, ModelInfo named, ModelInfo model, string operation, ReadOnlyMemory<byte> body, AnswerTurn turn)
    {
        var goesOn = false;
        try
        {
            turn.Meant = await semantic.FindAsync(caller, model, operation, body, http.RequestAborted);
            if (turn.Meant?.Answer is not { } similar)
            {
                goesOn = true;
                return turn;
            }

            turn.Flight!.Append(similar.Body.Span);
            turn.Flight.Begin(similar.Model, similar.ContentType);
            await GiveAsync(http, caller, named, model, similar, "semantic");
            return AnswerTurn.Answered;
        }
        finally
        {
            if (!goesOn)
            {
                await turn.DisposeAsync();
            }
        }
    }

    private async Task GiveAsync(HttpContext http, Caller caller, ModelInfo named, ModelInfo model, CachedAnswer answer, string kind)
    {
        await meter.RecordCachedAsync(model, caller, answer.Cost);
        Begin(http, named, model, answer, kind);
        http.Response.ContentLength = answer.Body.Length;
        await http.Response.Body.WriteAsync(answer.Body, http.RequestAborted);
    }

    /// <summary>Gives what another request fetches, as it comes.</summary>
    /// <returns>Whether there was something to give.</returns>
    private async Task<bool> FollowAsync(HttpContext http, Caller caller, ModelInfo named, ModelInfo model, AnswerFlight flight, bool isStream)
    {
        const string Kind = "shared";
        try
        {
            if (await flight.BeginningAsync(http.RequestAborted) is not { } head)
            {
                return false;
            }

            if (!isStream)
            {
                // A whole answer comes in one piece.
                await GiveAsync(http, caller, named, model, head with { Body = await flight.AfterAsync(0, http.RequestAborted) }, Kind);
                return true;
            }

            Begin(http, named, model, head, Kind);
            await FollowEventsAsync(http, caller, model, flight, head.ContentType.StartsWith(EventStream.ContentType, StringComparison.OrdinalIgnoreCase));
            return true;
        }
        finally
        {
            flight.Leave();
        }
    }

    private async Task FollowEventsAsync(HttpContext http, Caller caller, ModelInfo model, AnswerFlight flight, bool takesComments)
    {
        if (takesComments)
        {
            http.Response.Headers.CacheControl = "no-cache";
        }

        try
        {
            for (var place = 0; await NextAsync(place) is { Length: > 0 } events; place += events.Length)
            {
                await http.Response.BodyWriter.WriteAsync(events, http.RequestAborted);
            }
        }
        finally
        {
            await meter.RecordCachedAsync(model, caller, flight.Cost);
        }

        ValueTask<ReadOnlyMemory<byte>> NextAsync(int place)
        {
            var next = flight.AfterAsync(place, http.RequestAborted);
            return takesComments ? heartbeat.NextAsync(http, next) : next;
        }
    }

    private static void Begin(HttpContext http, ModelInfo named, ModelInfo model, CachedAnswer answer, string kind)
    {
        AnswerNotes.Begin(http.Response, StatusCodes.Status200OK, answer.ContentType, named, model, answer.Model);
        http.Response.Headers[CacheHeader] = kind;
        http.Response.Headers[AnswerNotes.CostHeader] = "0";
        foreach (var (name, value) in answer.Headers ?? [])
        {
            http.Response.Headers[name] = value;
        }
    }
}
