using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Nura.ServiceDefaults.Streaming;

/// <summary>Sends items as server-sent events (WHATWG HTML, section 9.2) as they come.</summary>
public static class EventStream
{
    /// <summary>Content type of the stream.</summary>
    public const string ContentType = "text/event-stream";

    private static ReadOnlySpan<byte> Comment => ": still working\n\n"u8;

    /// <summary>
    /// Sends until the items end or the client is gone. The headers leave with the first item, so that a failure before it can still
    /// become a status; when that takes longer than a heartbeat they leave with a comment. Items that are ready together leave together.
    /// Without a single item the answer is 204, by which clients know not to come again.
    /// </summary>
    /// <typeparam name="T">What an item is.</typeparam>
    /// <param name="http">The request; nothing may have been sent yet.</param>
    /// <param name="items">The items; enumerated with the request's cancellation.</param>
    /// <param name="write">Writes one item as a complete event.</param>
    /// <param name="heartbeat">Silence after which a comment is sent, so that proxies keep the connection.</param>
    /// <param name="time">Measures the silence.</param>
    /// <param name="fail">Writes what the client should know of a failure after the headers; without it the connection is cut, which clients notice.</param>
    /// <exception cref="Exception">What the items threw before anything was sent.</exception>
    public static async Task SendAsync<T>(
        HttpContext http, IAsyncEnumerable<T> items, Action<IBufferWriter<byte>, T> write, TimeSpan heartbeat, TimeProvider time, Action<IBufferWriter<byte>, Exception>? fail = null)
    {
        var cancellationToken = http.RequestAborted;
        var body = http.Response.BodyWriter;
        await using var source = items.GetAsyncEnumerator(cancellationToken);
        var next = Task.FromResult(false);
        try
        {
            next = source.MoveNextAsync().AsTask();
            while (await ReadyAsync(http, next, heartbeat, time))
            {
                await StartAsync(http);
                write(body, source.Current);
                next = source.MoveNextAsync().AsTask();
            }

            if (!http.Response.HasStarted)
            {
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            await body.FlushAsync(cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The client is gone; nobody is left to tell.
        }
        catch (Exception exception) when (http.Response.HasStarted && fail is not null)
        {
            fail(body, exception);
            await body.FlushAsync(CancellationToken.None);
        }
        finally
        {
            // An enumerator may not be disposed of while it is moving.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Writes one event.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="name">The event's name, or <see langword="null"/> for the default.</param>
    /// <param name="data">One line.</param>
    /// <param name="id">What the client sends back as <c>Last-Event-ID</c>, if it should.</param>
    public static void WriteEvent(this IBufferWriter<byte> output, string? name, string data, long? id = null)
    {
        if (id is { } place)
        {
            Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"id: {place}\n"), output);
        }

        if (name is not null)
        {
            Encoding.UTF8.GetBytes($"event: {name}\n", output);
        }

        output.Write("data: "u8);
        Encoding.UTF8.GetBytes(data, output);
        output.Write("\n\n"u8);
    }

    private static async ValueTask<bool> ReadyAsync(HttpContext http, Task<bool> next, TimeSpan heartbeat, TimeProvider time)
    {
        while (!next.IsCompleted)
        {
            if (http.Response.HasStarted)
            {
                await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
            }

            try
            {
                return await next.WaitAsync(heartbeat, time, http.RequestAborted);
            }
            catch (TimeoutException)
            {
                // It may have come at the same moment, or have failed by a time limit of its own: then it is awaited below.
                if (!next.IsCompleted)
                {
                    await StartAsync(http);
                    http.Response.BodyWriter.Write(Comment);
                }
            }
        }

        return await next;
    }

    private static async ValueTask StartAsync(HttpContext http)
    {
        if (http.Response.HasStarted)
        {
            return;
        }

        var response = http.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        await response.StartAsync(http.RequestAborted);
    }
}
