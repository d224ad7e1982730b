using System.Security.Claims;
using Microsoft.Extensions.Options;
using Nura.Models;

namespace Nura.Api.Gateway;

/// <summary>Answers for models whose server speaks OpenAI's dialect itself: bodies pass through as they are.</summary>
internal sealed class ModelForwarding(Forwarder forwarder, AnswerCache cache, SemanticCache semantic, CallMeter meter, IOptions<ApiOptions> options, TimeProvider time)
{
    private const string CacheHeader = "x-nura-cache";
    private const string Shared = "shared";

    private static readonly ReadOnlyMemory<byte> s_comment = ": waiting\n\n"u8.ToArray();

    public bool CanForward(ModelInfo model, ModelKind kind) => model.Kind == kind && forwarder.CanForward(model);

    /// <summary>On whose account a request is.</summary>
    public static Caller CallerOf(ClaimsPrincipal user) => new(user.FindFirstValue(ClaimTypes.NameIdentifier), user.Identity?.Name);

    /// <summary>Answers a request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="named">The model that the caller named.</param>
    /// <param name="model">What answers in its place: itself, unless it has ended.</param>
    /// <param name="operation">What is asked for.</param>
    /// <param name="envelope">The body.</param>
    public async Task AnswerAsync(HttpContext http, ModelInfo named, ModelInfo model, string operation, Envelope envelope)
    {
        var caller = CallerOf(http.User);
        if (!cache.IsOn || http.Request.Headers.CacheControl.ToString().Contains("no-cache", StringComparison.OrdinalIgnoreCase))
        {
            await FetchAsync(http, named, model, operation, envelope, caller, null, null);
            return;
        }

        var key = AnswerCache.KeyOf(caller, model, operation, envelope.Body.Span);
        var known = await cache.FindAsync(key, http.RequestAborted);
        if (known.Answer is { } answer)
        {
            await meter.RecordCachedAsync(model, caller);
            await WriteAsync(http, named, model, answer, "hit");
        }
        else if (known.Leads)
        {
            await LeadAsync(http, named, model, operation, envelope, caller, key, known.Flight!);
        }
        else if (known.Flight is null || !await FollowAsync(http, named, model, envelope, caller, known.Flight))
        {
            await FetchAsync(http, named, model, operation, envelope, caller, null, null);
        }
    }

    /// <summary>Fetches for everybody who asks for the same meanwhile; also when the first caller has gone.</summary>
    private async Task LeadAsync(HttpContext http, ModelInfo named, ModelInfo model, string operation, Envelope envelope, Caller caller, string key, AnswerFlight flight)
    {
        CachedAnswer? kept;
        SemanticLookup? meant;
        try
        {
            await using var gone = http.RequestAborted.UnsafeRegister(static flight => ((AnswerFlight)flight!).LeaderLeaves(), flight);
            meant = operation == Operations.Chat ? await semantic.FindAsync(caller, model, envelope.Body, flight.Token) : null;
            if (meant?.Answer is { } similar)
            {
                await meter.RecordCachedAsync(model, caller);
                flight.Append(similar.Body.Span);
                flight.Begin(similar.Model, similar.ContentType);
                await WriteAsync(http, named, model, similar, "semantic");
                return;
            }

            kept = await FetchAsync(http, named, model, operation, envelope, caller, key, flight);
        }
        finally
        {
            cache.End(key, flight, keep: false);
        }

        if (kept is null)
        {
            return;
        }

        if (!http.RequestAborted.IsCancellationRequested)
        {
            // For what follows the caller need not wait.
            await http.Response.CompleteAsync();
        }

        await cache.ShareAsync(key, kept, CancellationToken.None);
        if (meant is not null)
        {
            await semantic.KeepAsync(meant, kept, CancellationToken.None);
        }
    }

    /// <summary>Gives what another request fetches, as it comes.</summary>
    /// <returns>Whether there was something to give.</returns>
    private async Task<bool> FollowAsync(HttpContext http, ModelInfo named, ModelInfo model, Envelope envelope, Caller caller, AnswerFlight flight)
    {
        try
        {
            if (await flight.BeginningAsync(http.RequestAborted) is not { } head)
            {
                return false;
            }

            await meter.RecordCachedAsync(model, caller);
            if (!envelope.Stream)
            {
                // A whole answer comes in one piece.
                await WriteAsync(http, named, model, head with { Body = await flight.AfterAsync(0, http.RequestAborted) }, Shared);
                return true;
            }

            BeginCached(http, named, model, head, Shared);
            http.Response.Headers.CacheControl = "no-cache";
            for (var place = 0; await NextAsync(http, flight.AfterAsync(place, http.RequestAborted)) is { Length: > 0 } events; place += events.Length)
            {
                await http.Response.BodyWriter.WriteAsync(events, http.RequestAborted);
            }

            return true;
        }
        finally
        {
            flight.Leave();
        }
    }

    /// <returns>The answer, if it came whole and good, and is kept for others.</returns>
    private async Task<CachedAnswer?> FetchAsync(
        HttpContext http, ModelInfo named, ModelInfo model, string operation, Envelope envelope, Caller caller, string? key, AnswerFlight? flight)
    {
        // Nothing is sent before the server's first event: until then its failure is another server's business, not the caller's.
        await using var answer = await forwarder.SendAsync(model, operation, envelope, caller, flight?.Token ?? http.RequestAborted);
        if (!answer.IsStream)
        {
            var body = await answer.WholeAsync();
            CachedAnswer? kept = null;
            if (answer.Succeeded && flight is not null)
            {
                flight.Append(body.Span);
                flight.Begin(answer.Model.Id, answer.ContentType);
                kept = cache.End(key!, flight, keep: true);
            }

            Begin(http, answer.Status, answer.ContentType, named, model, answer.Model.Id);
            http.Response.Headers[AnswerNotes.CostHeader] = AnswerNotes.Text(answer.Cost);
            http.Response.ContentLength = body.Length;
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
            return kept;
        }

        flight?.Begin(answer.Model.Id, answer.ContentType);
        Begin(http, answer.Status, answer.ContentType, named, model, answer.Model.Id);
        http.Response.Headers.CacheControl = "no-cache";
        while (await NextAsync(http, answer.EventsAsync()) is { Length: > 0 } events)
        {
            flight?.Append(events.Span);
            if (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.BodyWriter.WriteAsync(events, CancellationToken.None);
            }
        }

        // Leaves with the end of the response, in the same packet; what is cached has no cost.
        AnswerNotes.WriteCost(http.Response.BodyWriter, answer.Cost);
        return flight is null ? null : cache.End(key!, flight, answer.Succeeded);
    }

    private static Task WriteAsync(HttpContext http, ModelInfo named, ModelInfo first, CachedAnswer answer, string kind)
    {
        BeginCached(http, named, first, answer, kind);
        http.Response.ContentLength = answer.Body.Length;
        return http.Response.Body.WriteAsync(answer.Body, http.RequestAborted).AsTask();
    }

    private static void BeginCached(HttpContext http, ModelInfo named, ModelInfo first, CachedAnswer answer, string kind)
    {
        Begin(http, StatusCodes.Status200OK, answer.ContentType, named, first, answer.Model);
        http.Response.Headers[CacheHeader] = kind;
        http.Response.Headers[AnswerNotes.CostHeader] = "0";
    }

    private static void Begin(HttpContext http, int status, string contentType, ModelInfo named, ModelInfo first, string answered)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.Headers[AnswerNotes.ModelHeader] = answered;
        http.Response.Headers[AnswerNotes.RouteHeader] = RouteNote.AskedFor(named, first, answered);
    }

    /// <summary>The next events; while none come, a comment now and then keeps proxies from closing the connection.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> NextAsync(HttpContext http, ValueTask<ReadOnlyMemory<byte>> next)
    {
        if (next.IsCompleted)
        {
            return await next;
        }

        var waiting = next.AsTask();
        while (true)
        {
            try
            {
                return await waiting.WaitAsync(options.Value.Heartbeat, time);
            }
            catch (TimeoutException) when (!waiting.IsCompleted)
            {
                if (!http.RequestAborted.IsCancellationRequested)
                {
                    await http.Response.BodyWriter.WriteAsync(s_comment, CancellationToken.None);
                }
            }
        }
    }
}
