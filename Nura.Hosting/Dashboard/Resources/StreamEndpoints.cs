using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Nura.Hosting.Dashboard.Pages;
using Nura.Hosting.Dashboard.Telemetry;

namespace Nura.Hosting.Dashboard.Resources;

/// <summary>What open pages are told: that something changed, and the lines of a console.</summary>
internal sealed class StreamEndpoints(
    ResourceFeed feed, ChangeSignal changed, SecretMask mask, ResourceLoggerService consoles, CancellationToken stopping)
{
    // A burst of changes is one refresh.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    // Under the minute after which some proxies and browsers drop a silent connection.
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(15);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/changes", (CancellationToken aborted) => TypedResults.ServerSentEvents(Changes(aborted)));
        routes.MapGet("/console/stream", (string resource, int? after, CancellationToken aborted) =>
            feed.Find(resource) is null ? Results.NotFound() : TypedResults.ServerSentEvents(Lines(resource, after ?? 0, aborted)));
    }

    private async IAsyncEnumerable<SseItem<string>> Changes([EnumeratorCancellation] CancellationToken aborted)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);
        var next = changed.Next;
        yield return new("", "ready");
        while (!either.IsCancellationRequested)
        {
            var happened = await Task.WhenAny(next, Task.Delay(s_heartbeat, either.Token));
            var isChange = happened == next;
            if (isChange)
            {
                await Task.WhenAny(Task.Delay(s_pause, either.Token));
                next = changed.Next;
            }

            yield return new("", isChange ? "changed" : "heartbeat");
        }
    }

    private async IAsyncEnumerable<SseItem<string>> Lines(string resource, int after, [EnumeratorCancellation] CancellationToken aborted)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);
        yield return new("", "ready");
        await using var batches = consoles.WatchAsync(resource).GetAsyncEnumerator(either.Token);
        var next = batches.MoveNextAsync().AsTask();
        while (true)
        {
            if (await Task.WhenAny(next, Task.Delay(s_heartbeat, either.Token)) != next)
            {
                if (either.IsCancellationRequested)
                {
                    // The reader sees the same token; it must be at rest before it is disposed.
                    await Task.WhenAny(next);
                    yield break;
                }

                yield return new("", "heartbeat");
                continue;
            }

            if (!next.IsCompletedSuccessfully || !next.Result)
            {
                yield break;
            }

            var lines = batches.Current.Where(line => line.LineNumber > after).ToList();
            if (lines.Count > 0)
            {
                after = lines[^1].LineNumber;
                yield return new(Html.Join(lines.Select(Line)).ToString(), "lines") { EventId = after.ToString(CultureInfo.InvariantCulture) };
            }

            next = batches.MoveNextAsync().AsTask();
        }
    }

    private Html Line(LogLine line) => Html.Of(
        $"""<div class="{(line.IsErrorMessage ? "err" : "out")}">{AnsiText.ToHtml(mask.Text(line.Content))}</div>""");
}
