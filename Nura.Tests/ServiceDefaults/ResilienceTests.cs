using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nura.Hosting;
using Nura.Tests.Fakes;

namespace Nura.Tests.ServiceDefaults;

/// <summary>A service calls another by its name, over real sockets.</summary>
public sealed class ResilienceTests
{
    private static readonly (string, string?)[] s_quick = [("Nura:Resilience:RetryDelay", "00:00:00.001")];

    [Fact(Timeout = 180_000)]
    public async Task Get_ServiceFailsTwice_IsAnswered()
    {
        var calls = 0;
        await using var rag = await TestService.StartAsync(app => app.MapGet("/", () => Interlocked.Increment(ref calls) < 3 ? Results.StatusCode(503) : Results.Text("found")));
        await using var caller = await CallerOf(s_quick, rag.Url);

        Assert.Equal("found", await Client(caller).GetStringAsync("/"));
        Assert.Equal(3, calls);
        Assert.Equal(2, caller.Logs.Entries.Count(entry => entry.Id.Id == 5011));
    }

    [Fact(Timeout = 180_000)]
    public async Task Post_ServiceFails_IsNotSentAgain()
    {
        var calls = 0;
        await using var rag = await TestService.StartAsync(app => app.MapPost("/", () =>
        {
            Interlocked.Increment(ref calls);
            return Results.StatusCode(503);
        }));
        await using var caller = await CallerOf(s_quick, rag.Url);

        using var response = await Client(caller).PostAsJsonAsync("/", new { Text = "once" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(1, calls);
    }

    [Fact(Timeout = 180_000)]
    public async Task Get_ServiceHasADefect_IsNotSentAgain()
    {
        var calls = 0;
        await using var rag = await TestService.StartAsync(app => app.MapGet("/", () =>
        {
            Interlocked.Increment(ref calls);
            return Results.StatusCode(500);
        }));
        await using var caller = await CallerOf(s_quick, rag.Url);

        using var response = await Client(caller).GetAsync("/");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal(1, calls);
    }

    [Fact(Timeout = 180_000)]
    public async Task Post_OneInstanceIsDown_ReachesTheOther()
    {
        var bodies = new ConcurrentQueue<string>();
        await using var rag = await TestService.StartAsync(app => app.MapPost("/", async (HttpRequest request) =>
        {
            bodies.Enqueue(await new StreamReader(request.Body).ReadToEndAsync());
            return Results.Text("stored");
        }));
        await using var caller = await CallerOf(s_quick, $"http://127.0.0.1:{FreePort.Choose()}", rag.Url);
        var client = Client(caller);

        foreach (var text in (string[])["a", "b", "c", "d"])
        {
            using var response = await client.PostAsync("/", new StringContent(text));
            Assert.Equal("stored", await response.Content.ReadAsStringAsync());
        }

        Assert.Equal(["a", "b", "c", "d"], bodies);
    }

    [Fact(Timeout = 180_000)]
    public async Task Get_AttemptHangs_IsTriedAgain()
    {
        var calls = 0;
        var hangs = new TaskCompletionSource();
        var time = new ManualTime();
        await using var rag = await TestService.StartAsync(app => app.MapGet("/", async (CancellationToken cancelled) =>
        {
            if (Interlocked.Increment(ref calls) == 1)
            {
                hangs.SetResult();
                await Task.Delay(Timeout.Infinite, cancelled);
            }

            return "late";
        }));
        await using var caller = await CallerOf(time, [.. s_quick, ("Nura:Resilience:TotalTimeout", "00:10:00")], rag.Url);

        var answer = Client(caller).GetStringAsync("/");
        await hangs.Task;
        time.Advance(TimeSpan.FromSeconds(10));
        while (!answer.IsCompleted)
        {
            // The timer of the wait before the retry is made some time after the attempt's timeout has fired.
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.WhenAny(answer, Task.Delay(20));
        }

        Assert.Equal("late", await answer);
        Assert.Equal(2, calls);
    }

    [Fact(Timeout = 180_000)]
    public async Task Stream_LongerThanEveryTimeout_IsNotCut()
    {
        var more = new TaskCompletionSource();
        var time = new ManualTime();
        await using var rag = await TestService.StartAsync(app => app.MapGet("/", async (HttpResponse response, CancellationToken cancelled) =>
        {
            await response.WriteAsync("first\n", cancelled);
            await response.Body.FlushAsync(cancelled);
            await more.Task.WaitAsync(cancelled);
            await response.WriteAsync("last\n", cancelled);
        }));
        await using var caller = await CallerOf(time, [], rag.Url);

        using var response = await Client(caller).GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("first", await reader.ReadLineAsync());
        time.Advance(TimeSpan.FromHours(1));
        more.SetResult();

        Assert.Equal("last", await reader.ReadLineAsync());
    }

    [Fact(Timeout = 180_000)]
    public async Task Service_SaysThatOneAsksTooMuch_IsNotLeftAlone()
    {
        await using var rag = await TestService.StartAsync(app => app.MapPost("/", () => Results.StatusCode(429)));
        await using var caller = await CallerOf(new ManualTime(), [("Nura:Resilience:MinimumThroughput", "5")], rag.Url);
        var client = Client(caller);

        for (var i = 0; i < 10; i++)
        {
            using var response = await client.PostAsync("/", content: null);
            Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task Service_FailsAgainAndAgain_IsLeftAloneAndThenTriedAgain()
    {
        var calls = 0;
        var healthy = false;
        var time = new ManualTime();
        await using var rag = await TestService.StartAsync(app => app.MapPost("/", () =>
        {
            Interlocked.Increment(ref calls);
            return Results.StatusCode(healthy ? 200 : 503);
        }));
        await using var caller = await CallerOf(time, [("Nura:Resilience:MinimumThroughput", "5"), ("Nura:Resilience:BreakDuration", "00:00:10")], rag.Url);
        var client = Client(caller);

        for (var i = 0; i < 5; i++)
        {
            using var response = await client.PostAsync("/", content: null);
        }

        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync("/", content: null));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("'rag'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(5, calls);

        healthy = true;
        time.Advance(TimeSpan.FromSeconds(11));
        using var recovered = await client.PostAsync("/", content: null);
        Assert.Equal(HttpStatusCode.OK, recovered.StatusCode);
    }

    [Fact(Timeout = 180_000)]
    public async Task Call_UnknownService_SaysWhatToSet()
    {
        await using var caller = await TestService.StartAsync(configure: builder => builder.AddServiceClient<RagProbe>("rag"));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Client(caller).GetStringAsync("/"));

        Assert.Contains("services__rag__http__0", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Start_SettingOutOfRange_NamesIt()
    {
        var error = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => TestService.StartAsync(settings: ("Nura:Resilience:Retries", "11")));

        Assert.Contains("Retries", error.Message, StringComparison.Ordinal);
    }

    private static Task<TestService> CallerOf((string, string?)[] settings, params string[] endpoints) => CallerOf(TimeProvider.System, settings, endpoints);

    private static Task<TestService> CallerOf(TimeProvider time, (string, string?)[] settings, params string[] endpoints) => TestService.StartAsync(
        configure: builder =>
        {
            builder.Services.AddSingleton(time);
            builder.AddServiceClient<RagProbe>("rag");
        },
        settings: [.. settings, .. endpoints.Select((endpoint, index) => ($"services:rag:http:{index}", (string?)endpoint))]);

    private static HttpClient Client(TestService caller) => caller.Get<RagProbe>().Http;

    private sealed class RagProbe(HttpClient http)
    {
        public HttpClient Http => http;
    }
}
