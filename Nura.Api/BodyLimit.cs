using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Nura.Api;

/// <summary>Refuses bodies that say they are too long before anything works on them, with a reason. The server itself stops those that do not say.</summary>
internal static class BodyLimit
{
    /// <summary>So much of a body that is refused is still read, and thrown away: a client that is cut off while it sends never sees why.</summary>
    private const long MostDrained = 64 * 1_024 * 1_024;

    private static readonly TimeSpan s_drainTime = TimeSpan.FromSeconds(30);

    public static void UseBodyLimit(this WebApplication app)
    {
        var most = app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.MaxBodyBytes;
        var time = app.Services.GetRequiredService<TimeProvider>();
        app.Use((http, next) => http.Request.ContentLength is { } length && length > most ? RefuseAsync(http, length, most, time) : next(http));
    }

    private static async Task RefuseAsync(HttpContext http, long length, long most, TimeProvider time)
    {
        if (length <= MostDrained)
        {
            await DrainAsync(http, time);
        }

        throw new BadHttpRequestException($"The body has {length} bytes; at most {most} are taken ({ApiOptions.Section}:{nameof(ApiOptions.MaxBodyBytes)}).", StatusCodes.Status413PayloadTooLarge);
    }

    private static async Task DrainAsync(HttpContext http, TimeProvider time)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        using var patience = new CancellationTokenSource(s_drainTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, http.RequestAborted);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (await http.Request.Body.ReadAsync(buffer, either.Token) > 0)
            {
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            // Slow beyond patience: it is cut off after all.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
