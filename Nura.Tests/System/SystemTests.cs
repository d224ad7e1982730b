using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Nura.Tests.SystemTests;

/// <summary>The AppHost under Aspire's public testing API, as any Aspire application is tested.</summary>
public sealed class SystemTests
{
    [Fact(Timeout = 240_000)]
    public async Task Api_AllResourcesHealthy_AnswersHealth()
    {
        var folder = Directory.CreateTempSubdirectory("nura-system-");
        await using (var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Nura_AppHost>(
            ["--environment=Testing", $"--Nura:DataDirectory={folder.FullName}", "--Nura:Backends:postgres=pglite", "--Nura:Rag:DefaultRepository="]))
        {
            builder.Services.ConfigureHttpClientDefaults(http => http.ConfigureHttpClient(client => client.Timeout = TimeSpan.FromSeconds(60)));
            await using var app = await builder.BuildAsync();
            await app.StartAsync();
            await app.ResourceNotifications.WaitForResourceHealthyAsync("api").WaitAsync(TimeSpan.FromSeconds(180));

            using var http = app.CreateHttpClient("api", "http");
            var response = await http.GetAsync(new Uri("/health", UriKind.Relative));

            Assert.True(response.IsSuccessStatusCode);
            Assert.True(Directory.Exists(Path.Combine(folder.FullName, "usage")));
            Assert.True(Directory.Exists(Path.Combine(folder.FullName, "mirrors")));
            Assert.Contains("Database=nura", await app.GetConnectionStringAsync("nura"), StringComparison.Ordinal);
        }

        folder.Delete(recursive: true);
    }
}
