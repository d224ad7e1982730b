using System.Globalization;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using Nura.Models;

namespace Nura.Api.Gateway;

/// <summary>Answers for models whose server speaks OpenAI's dialect itself: bodies pass through as they are.</summary>
internal sealed class ModelForwarding(Forwarder forwarder, IOptions<ApiOptions> options, TimeProvider time)
{
    private const string ModelHeader = "x-nura-model";
    private const string CostHeader = "x-nura-cost";

    private static readonly ReadOnlyMemory<byte> s_comment = ": waiting\n\n"u8.ToArray();

    public bool CanForward(ModelInfo model, ModelKind kind) => model.Kind == kind && forwarder.CanForward(model);

    /// <summary>On whose account a request is.</summary>
    public static Caller CallerOf(ClaimsPrincipal user) => new(user.FindFirstValue(ClaimTypes.NameIdentifier), user.Identity?.Name);

    public async Task AnswerAsync(HttpContext http, ModelInfo model, string operation, Envelope envelope)
    {
        // Nothing is sent before the server's first event: until then its failure is another server's business, not the caller's.
        await using var answer = await forwarder.SendAsync(model, operation, envelope, CallerOf(http.User), http.RequestAborted);
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = answer.ContentType;
        http.Response.Headers[ModelHeader] = answer.Model.Id;
        if (!answer.IsStream)
        {
            var body = await answer.WholeAsync();
            http.Response.Headers[CostHeader] = answer.Cost.ToString("0.##########", CultureInfo.InvariantCulture);
            http.Response.ContentLength = body.Length;
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
            return;
        }

        http.Response.Headers.CacheControl = "no-cache";
        while (await NextAsync(http, answer) is { Length: > 0 } events)
        {
            await http.Response.BodyWriter.WriteAsync(events, http.RequestAborted);
        }
    }

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
