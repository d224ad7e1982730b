using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Nura.Contracts;

/// <summary>Talks to Nura.Agents. Every method throws <see cref="ProblemException"/> when the service refuses or is out of reach.</summary>
/// <param name="http">A client whose base address is the service.</param>
/// <param name="scope">The caller: its runs are its own and see what it may see. <see langword="null"/> for none in particular.</param>
/// <param name="time">Measures <see cref="LongestSilence"/>; <see langword="null"/> for the system's clock.</param>
public sealed class AgentsClient(HttpClient http, CallerScope? scope = null, TimeProvider? time = null)
{
    /// <summary>Silence on a run's events after which their stream is taken for broken. The service sends something, if only a comment, every 15 seconds unless configured otherwise.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    private const string Service = "agents";

    /// <summary>The same service on behalf of another caller.</summary>
    /// <param name="caller">The caller; <see langword="null"/> for none in particular, who may read every run.</param>
    public AgentsClient For(CallerScope? caller) => new(http, caller, time);

    /// <summary>The agents that can be asked, by name.</summary>
    public async Task<IReadOnlyList<AgentView>> ListAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "agents");
        return await ReadAsync<IReadOnlyList<AgentView>>(request, cancellationToken);
    }

    /// <summary>Starts a run, which goes on without this caller.</summary>
    public async Task<RunView> StartAsync(StartRun run, CancellationToken cancellationToken)
    {
        var bounded = scope is null ? run : run with { Repositories = scope.Within(run.Repositories) };
        using var request = new HttpRequestMessage(HttpMethod.Post, scope is null ? "runs" : $"runs?holder={scope.Holder}") { Content = JsonContent.Create(bounded, ContractsJson.TypeInfo<StartRun>()) };
        if (scope is not null)
        {
            request.Headers.Add(Account.Header, scope.Account.ToString());
        }

        return await ReadAsync<RunView>(request, cancellationToken);
    }

    /// <summary>Where a run stands.</summary>
    /// <exception cref="ProblemException">404 if there is none, or it is another caller's.</exception>
    public async Task<RunView> GetAsync(Guid run, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, PathOf(run));
        return await ReadAsync<RunView>(request, cancellationToken);
    }

    /// <summary>Asks a run to end; harmless when it has ended already.</summary>
    public async Task<RunView> StopAsync(Guid run, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, PathOf(run, "/stop"));
        return await ReadAsync<RunView>(request, cancellationToken);
    }

    /// <summary>Has a run's log kept until it is forgotten, instead of for a time. Harmless if it is gone already.</summary>
    public async Task KeepAsync(Guid run, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, PathOf(run, "/keep"));
        using var response = await ProblemException.SendAsync(http, request, Service, cancellationToken);
    }

    /// <summary>Deletes runs with their logs, and ends those that still work. Harmless for those that are gone already.</summary>
    public async Task ForgetAsync(IReadOnlyList<Guid> runs, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, PathOf("runs/forget")) { Content = JsonContent.Create(runs, ContractsJson.TypeInfo<IReadOnlyList<Guid>>()) };
        using var response = await ProblemException.SendAsync(http, request, Service, cancellationToken);
    }

    /// <summary>The run's log from a place on, live, until its <see cref="RunDone"/>; nothing if that place is the end.</summary>
    /// <param name="run">The run.</param>
    /// <param name="after">The last entry known already; 0 for none.</param>
    /// <param name="cancellationToken">Stops reading, not the run.</param>
    /// <exception cref="ProblemException">Also when the stream breaks before its end, or falls silent for <see cref="LongestSilence"/>; the caller may go on behind the last entry it got.</exception>
    public async IAsyncEnumerable<RunEntry> EventsAsync(Guid run, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, PathOf(run, "/events"));
        if (after > 0)
        {
            request.Headers.Add("Last-Event-ID", after.ToString(CultureInfo.InvariantCulture));
        }

        using var response = await ProblemException.SendAsync(http, request, Service, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NoContent)
        {
            // Said of a run that has ended. A stream that just ends was cut.
            yield break;
        }

        await using var body = new HeardStream(await response.Content.ReadAsStreamAsync(cancellationToken), LongestSilence, time ?? TimeProvider.System);
        var parser = SseParser.Create(body, static (_, data) => JsonSerializer.Deserialize(data, ContractsJson.TypeInfo<RunEvent>())!);
        await using var entries = parser.EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(entries, cancellationToken))
        {
            var entry = new RunEntry(long.Parse(parser.LastEventId, NumberStyles.None, CultureInfo.InvariantCulture), entries.Current.EventType, entries.Current.Data);
            yield return entry;
            if (entry.Event is RunDone)
            {
                yield break;
            }
        }

        throw Broken(null);
    }

    private string PathOf(Guid run, string below = "") => PathOf($"runs/{run}{below}");

    private string PathOf(string path) => $"{path}{(scope is null or { Administrator: true } ? "" : $"?holder={scope.Holder}")}";

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<SseItem<RunEvent>> entries, CancellationToken cancellationToken)
    {
        try
        {
            return await entries.MoveNextAsync();
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw Broken(exception);
        }
    }

    private static ProblemException Broken(Exception? exception) => new(
        (int)HttpStatusCode.ServiceUnavailable, "The connection to the agents service broke off.", "The run may go on: read its events again.", exception);

    private async Task<T> ReadAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await ProblemException.SendAsync(http, request, Service, cancellationToken);
        return await response.Content.ReadFromJsonAsync(ContractsJson.TypeInfo<T>(), cancellationToken)
            ?? throw new ProblemException((int)HttpStatusCode.BadGateway, "The agents service answered with an empty body.");
    }
}
