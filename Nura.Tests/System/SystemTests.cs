using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Nura.Tests.SystemTests;

/// <summary>The AppHost under Aspire's public testing API, as any Aspire application is tested.</summary>
public sealed class SystemTests
{
    [Fact(Timeout = 240_000)]
    public async Task Api_AllResourcesHealthy_AnswersHealth()
    {
        var folder = Directory.CreateTempSubdirectory("nura-system-");
        var data = Path.Combine(folder.FullName, "data");
        await using (var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Nura_AppHost>(
            ["--environment=Testing", $"--Nura:DataDirectory={data}", "--Nura:Backends:postgres=pglite", "--Nura:Rag:DefaultRepository="]))
        {
            builder.Services.ConfigureHttpClientDefaults(http => http.ConfigureHttpClient(client => client.Timeout = TimeSpan.FromSeconds(60)));
            await using var app = await builder.BuildAsync();
            await app.StartAsync();
            await app.ResourceNotifications.WaitForResourceHealthyAsync("api").WaitAsync(TimeSpan.FromSeconds(180));

            using var http = app.CreateHttpClient("api", "http");
            var response = await http.GetAsync(new Uri("/health", UriKind.Relative));

            Assert.True(response.IsSuccessStatusCode);
            Assert.True(Directory.Exists(Path.Combine(data, "usage")));
            Assert.True(Directory.Exists(Path.Combine(data, "mirrors")));
            if (!OperatingSystem.IsWindows())
            {
                const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
                Assert.Equal(Own, File.GetUnixFileMode(data) & ~(UnixFileMode.GroupExecute | UnixFileMode.OtherExecute));
                foreach (var name in (string[])["usage", "mirrors", Path.Combine("nura-postgres", "pglite")])
                {
                    Assert.Equal(Own, File.GetUnixFileMode(Path.Combine(data, name)));
                }
            }

            Assert.Contains("Database=nura", await app.GetConnectionStringAsync("nura"), StringComparison.Ordinal);
        }

        folder.Delete(recursive: true);
    }

    [Fact(Timeout = 240_000)]
    public async Task Services_SettingsInTheAppHostsConfiguration_ReachThem()
    {
        const string Key = "nura_key-of-the-settings-test-0123456789";
        var folder = Directory.CreateTempSubdirectory("nura-system-");
        await using (var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Nura_AppHost>(
            [$"--Nura:DataDirectory={folder.FullName}", "--Nura:Backends:postgres=pglite", "--Nura:Rag:DefaultRepository=", $"--Parameters:api-key={Key}"]))
        {
            // As a user's secrets and appsettings.json do it: in the configuration, not in the environment.
            builder.Configuration.AddInMemoryCollection(
            [
                new("Nura:Models:Servers:lab:BaseUrl", "http://127.0.0.1:9/v1"), new("Nura:Models:Servers:lab:Models:0", "lab-model"), new("Nura:Models:Servers:lab:EmbeddingModels:0", "lab-vectors"),
                new("Nura:Rag:EmbeddingModel", "lab-vectors"), new("Nura:Agents:MaxRuns", "7"), new("Nura:Api:Key", "not-the-parameter-0123456789"),
            ]);
            await using var app = await builder.BuildAsync();
            await app.StartAsync();
            await app.ResourceNotifications.WaitForResourceHealthyAsync("api").WaitAsync(TimeSpan.FromSeconds(180));

            using var http = app.CreateHttpClient("api", "http");
            http.DefaultRequestHeaders.Authorization = new("Bearer", Key);
            Assert.Contains("lab-model", await http.GetStringAsync(new Uri("/v1/models", UriKind.Relative)), StringComparison.Ordinal);
            Assert.Equal("lab-vectors", await VariableAsync(app, "rag", "Nura__Rag__EmbeddingModel"));
            Assert.Equal("", await VariableAsync(app, "rag", "Nura__Rag__DefaultRepository"));
            Assert.Equal("7", await VariableAsync(app, "agents", "Nura__Agents__MaxRuns"));
            Assert.Null(await VariableAsync(app, "agents", "Nura__Rag__EmbeddingModel"));
        }

        folder.Delete(recursive: true);
    }

    private static async Task<string?> VariableAsync(DistributedApplication app, string service, string name)
    {
        var running = await app.ResourceNotifications.WaitForResourceHealthyAsync(service);
        return running.Snapshot.EnvironmentVariables.FirstOrDefault(variable => variable.Name == name)?.Value;
    }
}
