using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Nura.Agents.Answering;
using Nura.Agents.Kernel;
using Nura.Agents.Runs;
using Nura.Agents.Tools;
using Nura.Contracts;
using Nura.Models;

namespace Nura.Agents;

/// <summary>Registers what this service is made of.</summary>
internal static class NuraAgentsExtensions
{
    public static IHostApplicationBuilder AddNuraAgents(this IHostApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource("nura");
        builder.AddMigrations("agents", typeof(NuraAgentsExtensions).Assembly);
        builder.AddMigrations("models", typeof(ModelCatalog).Assembly);
        builder.AddNuraModels();
        builder.AddServiceClient<RagClient>("rag");

        builder.Services.AddOptions<AgentsOptions>().BindConfiguration(AgentsOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<AgentsOptions>, AgentsOptionsValidator>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddExceptionHandler<ProblemHandler>();
        builder.Services.ConfigureHttpJsonOptions(json => ContractsJson.Apply(json.SerializerOptions));

        foreach (var profile in AgentProfile.All)
        {
            builder.Services.AddSingleton<IAgent>(services => ActivatorUtilities.CreateInstance<NuraAgent>(services, profile));
        }

        builder.Services.AddSingleton<ITool, SearchTool>();
        builder.Services.AddSingleton<ITool, ReadFileTool>();
        builder.Services.AddSingleton<ITool, FindSymbolTool>();
        builder.Services.AddSingleton<ITool, FindReferencesTool>();
        builder.Services.AddSingleton<ITool, GrepTool>();
        builder.AddPlugins();
        builder.Services.AddSingleton<AgentKernel>();

        builder.Services.AddSingleton<RunOwner>();
        builder.Services.AddSingleton<RunStore>();
        builder.Services.AddSingleton<RunInstruments>();
        builder.Services.AddSingleton<AskedModel>();
        builder.Services.AddSingleton<RunExecutor>();

        // In this order: services stop in reverse, so the log outlives the runs.
        builder.Services.AddSingleton<RunWriter>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RunWriter>());
        builder.Services.AddSingleton<RunService>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RunService>());
        builder.Services.AddHostedService<WarmUp>();
        return builder;
    }

    private static void AddPlugins(this IHostApplicationBuilder builder)
    {
        var folder = builder.Configuration[$"{AgentsOptions.Section}:{nameof(AgentsOptions.Plugins)}"] ?? new AgentsOptions().Plugins;
        foreach (var plugin in PluginLoader.Find(Path.Combine(builder.Environment.ContentRootPath, folder)))
        {
            foreach (var role in plugin.GetInterfaces().Where(role => role == typeof(IAgent) || role == typeof(ITool)))
            {
                builder.Services.AddSingleton(role, plugin);
            }
        }
    }
}
