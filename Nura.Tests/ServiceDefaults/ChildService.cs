using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nura.ServiceDefaults.Migrations;
using Nura.Tests.Fakes;

namespace Nura.Tests.ServiceDefaults;

/// <summary>The program that tests start as a child process: <c>dotnet Nura.Tests.dll serve|migrate</c>, settings as environment variables.</summary>
internal static class ChildService
{
    /// <summary>Waits for a lock that the test holds, so that it can be killed in the middle.</summary>
    public static readonly Migration Slow = new(1, "slow", "create table t (id int); insert into t values (1); lock table public.gate; insert into t values (2)");

    public static async Task<int> Main(string[] args)
    {
        var builder = WebApplication.CreateBuilder();
        var time = new ManualTime();
        builder.AddServiceDefaults();
        if (args is ["migrate"])
        {
            builder.AddNpgsqlDataSource("nura");
            builder.AddMigrations("killed", [Slow]);
        }
        else
        {
            builder.Services.AddSingleton<TimeProvider>(time);
        }

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapPost("/advance", () => time.Advance(TimeSpan.FromHours(1)));
        app.MapPost("/hold", async (HttpContext context) =>
        {
            // Says that it runs, and ends when the client has sent its body, for which it may take its time.
            context.Features.Get<IHttpMinRequestBodyDataRateFeature>()!.MinDataRate = null;
            await context.Response.WriteAsync("running\n");
            await context.Response.Body.FlushAsync();
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync("finished\n");
        });
        await app.RunAsync();
        return 0;
    }
}
