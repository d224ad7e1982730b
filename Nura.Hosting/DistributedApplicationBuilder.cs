using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Nura.Hosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _inner;
    private readonly DistributedApplicationOptions _options;
    private readonly AppHostEntryPoint? _entryPoint = AppHostEntryPoint.Current;

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        _options = options;
        _entryPoint?.Configure(options);
        AppHostAssembly = options.AssemblyName is { } name ? Assembly.Load(new AssemblyName(name)) : Assembly.GetEntryAssembly();
        AppHostDirectory = Metadata("apphostprojectpath") is { } directory && Directory.Exists(directory) ? directory : AppContext.BaseDirectory;
        _inner = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            ContentRootPath = AppHostDirectory,
            ApplicationName = AppHostAssembly?.GetName().Name,
            Args = options.Args,
        });
        AddUserSecrets();
        Configuration.AddInMemoryCollection([new(DataDirectory.Key, DataDirectory.Choose(Configuration, AppHostDirectory))]);
        ExecutionContext = new(IsPublish() ? DistributedApplicationOperation.Publish : DistributedApplicationOperation.Run);
        if (ExecutionContext.IsPublishMode)
        {
            Services.AddHostedService<ManifestPublisher>();
        }

        // Only failures belong on the console beside the block that says where everything is.
        Services.AddLogging(logging => logging
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("System", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
            .AddFilter("Aspire.Hosting", LogLevel.Warning));
        Services.AddSingleton(options);
        Services.AddSingleton(ExecutionContext);
        Services.AddSingleton(Eventing);
        Services.AddSingleton(new DistributedApplicationModel(Resources));
        Services.AddSingleton(new AppHostInfo(AppHostDirectory, AppHostAssembly));
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<ResourceLoggerService>();
        Services.AddSingleton<ResourceNotificationService>();
        Services.AddSingleton(services => new ResourceCommandService(
            services.GetRequiredService<ResourceNotificationService>(),
            services.GetRequiredService<ResourceLoggerService>(),
            services.GetRequiredService<DistributedApplicationModel>(),
            services));
        Services.AddHealthChecks();
        Services.AddHttpClient();
        Services.AddSingleton<DataDirectory>();
        Services.AddSingleton<DashboardHost>();
        Services.AddSingleton(new ContainerEngine("docker", "podman"));
        Services.AddSingleton<ResourceLauncher>();
        Services.AddSingleton<HealthMonitor>();
        Services.AddSingleton<Orchestrator>();
        if (ExecutionContext.IsRunMode)
        {
            Services.AddHostedService(services => services.GetRequiredService<Orchestrator>());
        }
    }

    public ConfigurationManager Configuration => _inner.Configuration;

    public string AppHostDirectory { get; }

    public Assembly? AppHostAssembly { get; }

    public IHostEnvironment Environment => _inner.Environment;

    public IServiceCollection Services => _inner.Services;

    public IDistributedApplicationEventing Eventing { get; } = new ApplicationEventing();

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IResourceCollection Resources { get; } = new ResourceCollection();

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        if (Resources.Any(r => string.Equals(r.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new DistributedApplicationException($"Cannot add resource '{resource.Name}': there is one of that name. Names are compared whatever their case.");
        }

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        _entryPoint?.WaitForBuild(this);
        var app = new DistributedApplication(_inner.Build());
        _entryPoint?.Built(app);
        return app;
    }

    private string? Metadata(string key) =>
        AppHostAssembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == key)?.Value;

    private bool IsPublish() =>
        string.Equals(Configuration["Publishing:Publisher"] ?? Configuration["publisher"], "manifest", StringComparison.OrdinalIgnoreCase)
        || string.Equals(Configuration["operation"], "publish", StringComparison.OrdinalIgnoreCase);

    /// <summary>Secrets come before the environment and the command line, whatever the environment is called.</summary>
    private void AddUserSecrets()
    {
        if (UserSecretsFile.For(AppHostAssembly) is { } secrets)
        {
            var sources = Configuration.Sources;
            var last = sources.ToList().FindLastIndex(s => s is Microsoft.Extensions.Configuration.Json.JsonConfigurationSource);
            sources.Insert(last + 1, secrets.Source());
            Services.AddSingleton(secrets);
        }
    }
}
