using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Nura.Tests.Hosting;

/// <summary>A small application of shell commands, with a data folder of its own and no dashboard.</summary>
internal sealed class TestApplication : IAsyncDisposable
{
    private DistributedApplication? _app;
    private readonly string _folder = Directory.CreateTempSubdirectory("nura-hosting-").FullName;

    public TestApplication(params string[] configuration) =>
        Builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = [$"--Nura:DataDirectory={_folder}", "--DcpPublisher:RandomizePorts=true", .. configuration],
            DisableDashboard = true,
        });

    public IDistributedApplicationBuilder Builder { get; }

    public DistributedApplication App => _app ?? throw new InvalidOperationException("Not started.");

    public string Folder => _folder;

    public IResourceBuilder<ExecutableResource> AddShell(string name, string script) => Builder.AddExecutable(name, "/bin/sh", _folder, "-c", script);

    public async Task StartAsync()
    {
        _app = Builder.Build();
        await _app.StartAsync();
    }

    public async Task<CustomResourceSnapshot> WaitForAsync(IResourceBuilder<IResource> resource, Func<CustomResourceSnapshot, bool> condition) =>
        (await App.ResourceNotifications.WaitForResourceAsync(resource.Resource.Name, change => condition(change.Snapshot))).Snapshot;

    public Task<CustomResourceSnapshot> WaitForStateAsync(IResourceBuilder<IResource> resource, string state) =>
        WaitForAsync(resource, snapshot => snapshot.State?.Text == state);

    public async Task<IReadOnlyList<string>> LogAsync(IResourceBuilder<IResource> resource)
    {
        var lines = new List<string>();
        await foreach (var batch in App.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(resource.Resource))
        {
            lines.AddRange(batch.Select(line => line.Content));
        }

        return lines;
    }

    /// <summary>The environment that a resource would start with.</summary>
    public static async Task<Nura.Hosting.ResourceEnvironment> EnvironmentOfAsync(IResourceBuilder<IResource> resource) =>
        await Nura.Hosting.ResourceEnvironment.ResolveAsync(
            resource.Resource, resource.ApplicationBuilder.ExecutionContext, new Dictionary<string, string>(), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
