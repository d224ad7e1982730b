using System.ClientModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Nura.Tests.Databases;
using OpenAI;
using OpenAI.Chat;

namespace Nura.Tests.WholeSystem;

/// <summary>The whole system as the AppHost describes it, on one kind of database, with a small repository made for it.</summary>
public sealed class AskableSystem : IAsyncDisposable
{
    private const string Key = "nura_key-of-the-system-tests-0123456789";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly IAsyncDisposable _builder;
    private readonly DirectoryInfo _folder;
    private HttpClient? _http;

    private AskableSystem(DistributedApplication app, IAsyncDisposable builder, DirectoryInfo folder) => (App, _builder, _folder) = (app, builder, folder);

    public DistributedApplication App { get; }

    /// <summary>The public edge, signed in.</summary>
    public HttpClient Http
    {
        get
        {
            if (_http is null)
            {
                _http = App.CreateHttpClient("api", "http");
                _http.Timeout = s_patience;
                _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
            }

            return _http;
        }
    }

    public static async Task<AskableSystem> StartAsync(string engine)
    {
        // Database servers refuse to be root and need to get through.
        var folder = Directory.CreateTempSubdirectory("nura-system-");
        if (!OperatingSystem.IsWindows())
        {
            folder.UnixFileMode = (UnixFileMode)0b111_101_101;
        }

        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Nura_AppHost>(
        [
            $"--Nura:DataDirectory={Path.Combine(folder.FullName, "data")}",
            $"--Nura:Backends:postgres={(engine == DatabaseFixture.Native ? "native" : "pglite")}",
            $"--Nura:Rag:DefaultRepository={await MakeRepositoryAsync(Path.Combine(folder.FullName, "shop"))}",
            $"--Nura:LocalRoots:0={folder.FullName}",
            $"--Parameters:api-key={Key}",
        ]);
        var app = await builder.BuildAsync();
        var system = new AskableSystem(app, builder, folder);
        try
        {
            await app.StartAsync();
            await app.ResourceNotifications.WaitForResourceHealthyAsync("api").WaitAsync(s_patience);
            return system;
        }
        catch (Exception exception) when (exception is DistributedApplicationException or TimeoutException)
        {
            var log = await system.LogAsync();
            await system.DisposeAsync();
            throw new InvalidOperationException($"The system did not start.\n{log}", exception);
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>OpenAI's own client.</summary>
    public ChatClient Client(string model) => new OpenAIClient(
        new ApiKeyCredential(Key), new OpenAIClientOptions { Endpoint = new Uri(App.GetEndpoint("api", "http"), "v1"), NetworkTimeout = s_patience }).GetChatClient(model);

    /// <summary>Waits until every repository is searchable.</summary>
    public async Task IndexedAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!(await Http.GetStringAsync("/api/repositories", patience.Token)).Contains("\"state\":\"ready\"", StringComparison.Ordinal))
        {
            await Task.Delay(50, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        await App.DisposeAsync();
        await _builder.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>What the services wrote last.</summary>
    private async Task<string> LogAsync()
    {
        var text = new StringBuilder();
        foreach (var service in App.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<ProjectResource>())
        {
            await foreach (var lines in App.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(service))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"--- {service.Name}").AppendJoin('\n', lines.TakeLast(40).Select(line => line.Content)).AppendLine();
            }
        }

        return text.ToString();
    }

    private static async Task<string> MakeRepositoryAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "Discount.cs"), "namespace Shop;\n\n/// <summary>Computes the discount of loyal members.</summary>\npublic static class Discount\n{\n    public static decimal Of(int years) => years > 10 ? 0.2m : 0.1m;\n}\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "README.md"), "# Shop\n\nSells things.\n");
        await GitAsync(folder, "init", "--quiet");
        await GitAsync(folder, "add", "--all");
        await GitAsync(folder, "-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "--quiet", "--message", "First");
        return folder;
    }

    private static async Task GitAsync(string folder, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", folder, .. arguments]))!;
        await git.WaitForExitAsync();
        Assert.Equal(0, git.ExitCode);
    }
}
