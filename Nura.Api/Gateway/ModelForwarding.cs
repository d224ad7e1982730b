using System.Globalization;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using Nura.Models;

namespace Nura.Api.Gateway;

/// <summary>Answers for models whose server speaks OpenAI's dialect itself: bodies pass through as they are.</summary>
internal sealed class ModelForwarding(Forwarder forwarder, AnswerCache cache, CallMeter meter, IOptions<ApiOptions> options, TimeProvider time)
{
    private const string ModelHeader = "x-nura-model";
    private const string CacheHeader = "x-nura-cache";
    private const string CostHeader = "x-nura-cost";
    private const string Shared = "shared";

    private static readonly ReadOnlyMemory<byte> s_comment = ": waiting\n\n"u8.ToArray();

    public bool CanForward(ModelInfo model, ModelKind kind) => model.Kind == kind && forwarder.CanForward(model);

    /// <summary>On whose account a request is.</summary>
    public static Caller CallerOf(ClaimsPrincipal user) => new(user.FindFirstValue(ClaimTypes.NameIdentifier), user.Identity?.Name);

    public async Task AnswerAsync(HttpContext http, ModelInfo model, string operation, Envelope envelope)
    {
        var caller = CallerOf(http.User);
        if (!cache.IsOn || http.Request.Headers.CacheControl.ToString().Contains("no-cache", StringComparison.OrdinalIgnoreCase))
        {
            await FetchAsync(http, model, operation, envelope, caller, null);
            return;
        }

        var key = AnswerCache.KeyOf(caller, model, operation, envelope.Body.Span);
        var known = await cache.FindAsync(key, http.RequestAborted);
        if (known.Answer is { } answer)
        {
            await meter.RecordCachedAsync(model, caller);
            await WriteAsync(http, answer, "hit");
        }
        else if (known.Leads)
        {
            await LeadAsync(http, model, operation, envelope, caller, key, known.Flight!);
        }
        else if (known.Flight is null || !await FollowAsync(http, model, envelope, caller, known.Flight))
        {
            await FetchAsync(http, model, operation, envelope, caller, null);
        }
    }

    /// <summary>Fetches for everybody who asks for the same meanwhile; also when the first caller has gone.</summary>
    private async Task LeadAsync(HttpContext http, ModelInfo model, string operation, Envelope envelope, Caller caller, string key, AnswerFlight flight)
    {
        var keep = false;
        try
        {
            await using var gone = http.RequestAborted.UnsafeRegister(static flight => ((AnswerFlight)flight!).LeaderLeaves(), flight);
            keep = await FetchAsync(http, model, operation, envelope, caller, flight);
        }
        finally
        {
            await cache.EndAsync(key, flight, keep, CancellationToken.None);
        }
    }

    /// <summary>Gives what another request fetches, as it comes.</summary>
    /// <returns>Whether there was something to give.</returns>
    private async Task<bool> FollowAsync(HttpContext http, ModelInfo model, Envelope envelope, Caller caller, AnswerFlight flight)
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
                await WriteAsync(http, head with { Body = await flight.AfterAsync(0, http.RequestAborted) }, Shared);
                return true;
            }

            BeginCached(http, head, Shared);
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

    /// <returns>Whether the answer came whole and good.</returns>
    private async Task<bool> FetchAsync(HttpContext http, ModelInfo model, string operation, Envelope envelope, Caller caller, AnswerFlight? flight)
    {
        // Nothing is sent before the server's first event: until then its failure is another server's business, not the caller's.
        await using var answer = await forwarder.SendAsync(model, operation, envelope, caller, flight?.Token ?? http.RequestAborted);
        if (!answer.IsStream)
        {
            var body = await answer.WholeAsync();
            if (answer.Succeeded && flight is not null)
            {
                flight.Append(body.Span);
                flight.Begin(answer.Model.Id, answer.ContentType);
            }

            Begin(http, answer.Status, answer.ContentType, answer.Model.Id);
            http.Response.Headers[CostHeader] = answer.Cost.ToString("0.##########", CultureInfo.InvariantCulture);
            http.Response.ContentLength = body.Length;
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
            return answer.Succeeded;
        }

        flight?.Begin(answer.Model.Id, answer.ContentType);
        Begin(http, answer.Status, answer.ContentType, answer.Model.Id);
        http.Response.Headers.CacheControl = "no-cache";
        while (await NextAsync(http, answer.EventsAsync()) is { Length: > 0 } events)
        {
            flight?.Append(events.Span);
            if (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.BodyWriter.WriteAsync(events, CancellationToken.None);
            }
        }

        return answer.Succeeded;
    }

    private static Task WriteAsync(HttpContext http, CachedAnswer answer, string kind)
    {
        BeginCached(http, answer, kind);
        http.Response.ContentLength = answer.Body.Length;
        return http.Response.Body.WriteAsync(answer.Body, http.RequestAborted).AsTask();
    }

    private static void BeginCached(HttpContext http, CachedAnswer answer, string kind)
    {
        Begin(http, StatusCodes.Status200OK, answer.ContentType, answer.Model);
        http.Response.Headers[CacheHeader] = kind;
        http.Response.Headers[CostHeader] = "0";
    }

    private static void Begin(HttpContext http, int status, string contentType, string model)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.Headers[ModelHeader] = model;
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
