using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Nura.Models;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers the models.</summary>
public static class NuraModelsExtensions
{
    /// <summary>Adds the catalog, the router and the chat clients, configured below <c>Nura:Models</c>. A bad value stops the start and names its key.</summary>
    /// <param name="builder">The application.</param>
    /// <returns>The same builder.</returns>
    public static IHostApplicationBuilder AddNuraModels(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ModelsOptions>().BindConfiguration(ModelsOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ModelsOptions>, ModelsOptionsValidator>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ModelCatalog>();
        builder.Services.AddHostedService<CatalogWatcher>();
        builder.Services.AddSingleton<Latencies>();
        builder.Services.AddSingleton<ModelRouter>();
        builder.Services.AddSingleton<UpstreamHttp>();
        builder.Services.AddSingleton<BedrockHttp>();
        builder.Services.AddSingleton<SageMakerHttp>();
        builder.Services.AddSingleton(services => new ProfileResolver(
            services.GetRequiredService<IOptions<ModelsOptions>>(), services.GetRequiredService<ModelCatalog>(), services.GetRequiredService<BedrockHttp>(), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<GrantStore>();
        builder.Services.AddSingleton<BudgetBook>();
        builder.Services.AddHostedService(services => services.GetRequiredService<BudgetBook>());
#pragma warning disable RS0030 // CloudWatch's agents read the standard output; a logger would wrap the lines.
        builder.Services.AddSingleton(services => new CloudWatchLog(services.GetRequiredService<IOptions<ModelsOptions>>(), Console.OpenStandardOutput(), services.GetRequiredService<ILogger<CloudWatchLog>>()));
#pragma warning restore RS0030
        builder.Services.AddHostedService(services => services.GetRequiredService<CloudWatchLog>());
        builder.Services.AddSingleton<UsageFiles>();
        builder.Services.AddSingleton<UsageLog>();
        builder.Services.AddHostedService(services => services.GetRequiredService<UsageLog>());
        builder.Services.AddSingleton<Breakers>();
        builder.Services.AddSingleton<Tries>();
        builder.Services.AddSingleton(services => new CallMeter(
            services.GetRequiredService<BudgetBook>(), services.GetRequiredService<UsageLog>(), services.GetRequiredService<Latencies>(),
            services.GetRequiredService<BedrockHttp>(), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(services => new Forwarder(
            services.GetRequiredService<ModelCatalog>(), services.GetRequiredService<IOptions<ModelsOptions>>(), services.GetRequiredService<UpstreamHttp>(),
            services.GetRequiredService<CallMeter>(), services.GetRequiredService<Tries>(), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(services => new BedrockForwarder(
            services.GetRequiredService<ModelCatalog>(), services.GetRequiredService<BedrockHttp>(), services.GetRequiredService<CallMeter>(),
            services.GetRequiredService<Tries>(), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(services => new AnswerCache(services.GetRequiredService<IOptions<ModelsOptions>>(), services, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<QuestionVectors>();
        builder.Services.AddSingleton(services => new SemanticCache(
            services.GetRequiredService<IOptions<ModelsOptions>>(), services.GetRequiredService<ModelCatalog>(), services.GetRequiredService<QuestionVectors>(),
            services, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<SemanticCache>>()));
        builder.Services.AddSingleton(services => new UsageReport(services.GetRequiredService<NpgsqlDataSource>()));
        builder.Services.AddSingleton(services => new BudgetReport(services.GetRequiredService<IOptions<ModelsOptions>>(), services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<BedrockEmbedder>();
        builder.Services.AddSingleton<SageMakerEmbedder>();
        builder.Services.AddSingleton<ServerEmbedder>();
        builder.Services.AddSingleton(services => new EmbeddingClients(
            services.GetRequiredService<ModelCatalog>(), services.GetRequiredService<BedrockEmbedder>(), services.GetRequiredService<SageMakerEmbedder>(),
            services.GetRequiredService<ServerEmbedder>(), services.GetRequiredService<CallMeter>()));
        builder.Services.AddSingleton(services => new ChatClients(
            services.GetRequiredService<IOptions<ModelsOptions>>(), services.GetRequiredService<UpstreamHttp>(), services.GetRequiredService<BedrockHttp>(), services.GetRequiredService<SageMakerHttp>(),
            services.GetRequiredService<ModelCatalog>(), services.GetRequiredService<CallMeter>(), services.GetRequiredService<Tries>(), services.GetRequiredService<TimeProvider>()));
        return builder;
    }
}
