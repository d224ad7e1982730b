using System.Security.Cryptography;
using Aspire.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nura.Hosting;
using Nura.Tests.Fakes;

namespace Nura.Tests.Hosting.Dashboard;

public sealed class SecretCanaryTests
{
    [Fact(Timeout = 120_000)]
    public async Task RunningApplication_ServiceThatLeaksASecret_ShowsItOnNoPageAndInNoLogLine()
    {
        var canary = $"canary+{RandomNumberGenerator.GetHexString(16)}/x";
        var data = Directory.CreateTempSubdirectory("nura-canary-");
        using var logs = new CollectedLogs();
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            EnableResourceLogging = true,
            Args =
            [
                "--ASPNETCORE_URLS=http://localhost:0",
                "--ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://localhost:0",
                "--ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true",
                $"--Nura:DataDirectory={data.FullName}",
                $"--Parameters:api-key={canary}",
            ],
        });
        builder.Services.AddLogging(logging => logging.AddProvider(logs).AddFilter<CollectedLogs>("", LogLevel.Trace));
        var key = builder.AddParameter("api-key", secret: true);
        var leak = builder.AddExecutable("leak", "/bin/sh", ".", "-c", "echo out $KEY; echo err $KEY >&2; echo $ADDRESS; echo that was all; exec sleep 600")
            .WithEnvironment("KEY", key)
            .WithEnvironment("PLAIN", "shown")
            .WithEnvironment("ADDRESS", $"redis://:{key}@localhost:6379");

        await using (var app = builder.Build())
        {
            await app.StartAsync();
            await app.ResourceNotifications.WaitForResourceAsync("leak");
            using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = app.Services.GetRequiredService<DashboardHost>().LoginUrl };

            var console = await ConsoleAsync(client, leak.Resource.InstanceId);
            Assert.Contains("out ••••••", console, StringComparison.Ordinal);
            Assert.Contains("err ••••••", console, StringComparison.Ordinal);
            Assert.DoesNotContain(canary, console, StringComparison.Ordinal);

            var details = await client.GetStringAsync("/resources/leak");
            Assert.Contains("<dt>PLAIN</dt><dd>shown</dd>", details, StringComparison.Ordinal);
            foreach (var path in new[] { "/", "/resources/leak", "/resources/api-key", "/console?resource=leak", "/logs", "/traces", "/metrics" })
            {
                var page = await client.GetStringAsync(path);
                Assert.DoesNotContain(canary[..23], page, StringComparison.Ordinal);
            }
        }

        Assert.NotEmpty(logs.Entries);
        Assert.DoesNotContain(logs.Entries, entry => $"{entry.Text}{entry.Exception}".Contains(canary, StringComparison.Ordinal));
        data.Delete(recursive: true);
    }

    private static async Task<string> ConsoleAsync(HttpClient client, string resource)
    {
        using var stream = new StreamReader(await client.GetStreamAsync($"/console/stream?resource={resource}"));
        var text = "";
        while (!(text.Contains("that was all", StringComparison.Ordinal) && text.Contains("err ", StringComparison.Ordinal)))
        {
            text += await stream.ReadLineAsync() ?? throw new EndOfStreamException(text);
        }

        return text;
    }
}
