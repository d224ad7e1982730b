using System.Buffers;
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
        if (await cache.FindAsync(key, share: !envelope.Stream, http.RequestAborted) is { } known)
        {
            await meter.RecordCachedAsync(model, caller);
            Begin(http, StatusCodes.Status200OK, known.ContentType, known.Model);
            http.Response.Headers[CacheHeader] = "hit";
            http.Response.Headers[CostHeader] = "0";
            http.Response.ContentLength = known.Body.Length;
            await http.Response.Body.WriteAsync(known.Body, http.RequestAborted);
            return;
        }

        try
        {
            await FetchAsync(http, model, operation, envelope, caller, key);
        }
        finally
        {
            cache.Release(key);
        }
    }

    private async Task FetchAsync(HttpContext http, ModelInfo model, string operation, Envelope envelope, Caller caller, string? cacheKey)
    {
        // Nothing is sent before the server's first event: until then its failure is another server's business, not the caller's.
        await using var answer = await forwarder.SendAsync(model, operation, envelope, caller, http.RequestAborted);
        if (!answer.IsStream)
        {
            var body = await answer.WholeAsync();
            Begin(http, answer.Status, answer.ContentType, answer.Model.Id);
            http.Response.Headers[CostHeader] = answer.Cost.ToString("0.##########", CultureInfo.InvariantCulture);
            http.Response.ContentLength = body.Length;
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
            await KeepAsync(cacheKey, answer, body, http.RequestAborted);
            return;
        }

        Begin(http, answer.Status, answer.ContentType, answer.Model.Id);
        http.Response.Headers.CacheControl = "no-cache";
        var kept = cacheKey is null ? null : new ArrayBufferWriter<byte>(16 * 1024);
        while (await NextAsync(http, answer) is { Length: > 0 } events)
        {
            await http.Response.BodyWriter.WriteAsync(events, http.RequestAborted);
            kept?.Write(events.Span);
        }

        await KeepAsync(cacheKey, answer, kept?.WrittenMemory ?? default, http.RequestAborted);
    }

    private static void Begin(HttpContext http, int status, string contentType, string model)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.Headers[ModelHeader] = model;
    }

    private ValueTask KeepAsync(string? key, Forwarded answer, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        key is not null && answer.Succeeded ? cache.PutAsync(key, new CachedAnswer(answer.Model.Id, answer.ContentType, body), cancellationToken) : ValueTask.CompletedTask;

    /// <summary>The next events; while none come, a comment now and then keeps proxies from closing the connection.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> NextAsync(HttpContext http, Forwarded answer)
    {
        var next = answer.EventsAsync();
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
                await http.Response.BodyWriter.WriteAsync(s_comment, http.RequestAborted);
            }
        }
    }
}
