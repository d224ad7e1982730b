using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Nura.Tests.ServiceDefaults;

public sealed class ProblemTests
{
    [Fact(Timeout = 180_000)]
    public async Task Exception_Unexpected_Is500WithoutItsText()
    {
        await using var service = await TestService.StartAsync(app => app.MapGet("/boom", string () => throw new ArithmeticException("a secret")));

        using var response = await service.Http.GetAsync("/boom");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var problem = await ReadAsync(response);
        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(32, problem.GetProperty("traceId").GetString()!.Length);
        Assert.Contains(service.Logs.Entries, entry => entry is { Level: LogLevel.Error, Exception: ArithmeticException });
    }

    [Theory(Timeout = 180_000)]
    [InlineData("application/json")]
    [InlineData("text/event-stream")]
    [InlineData("text/html")]
    public async Task Path_Unknown_IsAProblemWhateverIsAccepted(string accept)
    {
        await using var service = await TestService.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere") { Headers = { { "Accept", accept } } };

        using var response = await service.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        var problem = await ReadAsync(response);
        Assert.Equal("Not Found", problem.GetProperty("title").GetString());
        Assert.Equal(404, problem.GetProperty("status").GetInt32());
    }

    [Theory(Timeout = 180_000)]
    [InlineData("{\"count\": \"many\"", "line 1")]
    [InlineData("{\n  \"count\": \"many\"\n}", "at $.count")]
    [InlineData("", "JSON")]
    public async Task Body_NotTheJsonExpected_Is400AndSaysWhere(string body, string expected)
    {
        await using var service = await TestService.StartAsync(app => app.MapPost("/count", (Counted counted) => counted));

        using var response = await service.Http.PostAsync("/count", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(expected, (await ReadAsync(response)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/alive")).StatusCode);
        Assert.DoesNotContain(service.Logs.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Fact(Timeout = 180_000)]
    public async Task Body_TooLarge_Is413()
    {
        await using var service = await TestService.StartAsync(
            app => app.MapPost("/count", (Counted counted) => counted),
            builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 100));

        using var response = await service.Http.PostAsync("/count", new StringContent(new string(' ', 200), Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(413, (await ReadAsync(response)).GetProperty("status").GetInt32());
    }

    [Fact(Timeout = 180_000)]
    public async Task Database_Unreachable_Is503WithRetryAfter()
    {
        await using var service = await TestService.StartAsync(
            app => app.MapGet("/rows", async (NpgsqlDataSource database, CancellationToken cancellationToken) =>
            {
                await using var command = database.CreateCommand("select 1");
                return await command.ExecuteScalarAsync(cancellationToken);
            }),
            builder => builder.AddNpgsqlDataSource("nura"),
            ("ConnectionStrings:nura", "Host=127.0.0.1;Port=1;Username=someone;Password=hidden"));

        using var response = await service.Http.GetAsync("/rows");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter?.Delta);
        Assert.Contains("database", (await ReadAsync(response)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Client_GoesAway_IsNoError()
    {
        var entered = new TaskCompletionSource();
        var left = new TaskCompletionSource();
        await using var service = await TestService.StartAsync(app => app.MapGet("/wait", async (HttpContext context) =>
        {
            context.Response.OnCompleted(() =>
            {
                left.SetResult();
                return Task.CompletedTask;
            });
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }));
        using var leaving = new CancellationTokenSource();

        var request = service.Http.GetAsync("/wait", leaving.Token);
        await entered.Task;
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await left.Task;

        Assert.DoesNotContain(service.Logs.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Fact(Timeout = 180_000)]
    public async Task Exception_ServiceHasItsOwnHandler_ThatOneAnswers()
    {
        await using var service = await TestService.StartAsync(
            app => app.MapGet("/boom", string () => throw new ArithmeticException()),
            builder => builder.Services.AddExceptionHandler<Teapot>());

        using var response = await service.Http.GetAsync("/boom");

        Assert.Equal(418, (int)response.StatusCode);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    internal sealed record Counted(int Count);

    private sealed class Teapot : Microsoft.AspNetCore.Diagnostics.IExceptionHandler
    {
        public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            httpContext.Response.StatusCode = 418;
            return ValueTask.FromResult(true);
        }
    }
}
