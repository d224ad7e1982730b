using Microsoft.Extensions.Options;

namespace Nura.Api.Gateway;

/// <summary>Keeps proxies from closing a connection on which server-sent events are awaited.</summary>
internal sealed class Heartbeat(IOptions<ApiOptions> options, TimeProvider time)
{
    private static readonly ReadOnlyMemory<byte> s_comment = ": waiting\n\n"u8.ToArray();

    /// <summary>The next events; while none come, the caller gets a comment now and then.</summary>
    /// <param name="http">The request; its answer has begun.</param>
    /// <param name="next">What is awaited.</param>
    public async ValueTask<ReadOnlyMemory<byte>> NextAsync(HttpContext http, ValueTask<ReadOnlyMemory<byte>> next)
    {
        if (next.IsCompleted)
        {
            return await next;
        }

        var waiting = next.AsTask();
        while (!waiting.IsCompleted)
        {
            try
            {
                return await waiting.WaitAsync(options.Value.Heartbeat, time);
            }
            catch (TimeoutException)
            {
                // They may have come at the same moment, or have failed by a time limit of their own: then they are awaited below.
                if (!waiting.IsCompleted && !http.RequestAborted.IsCancellationRequested)
                {
                    await http.Response.BodyWriter.WriteAsync(s_comment, CancellationToken.None);
                }
            }
        }

        return await waiting;
    }
}
