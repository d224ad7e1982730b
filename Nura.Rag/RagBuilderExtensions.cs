using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Nura.Contracts;
using Nura.Models;
using Nura.Rag;
using Nura.Rag.Assistance;
using Nura.Rag.Citations;
using Nura.Rag.Dense;
using Nura.Rag.Documents;
using Nura.Rag.Embeddings;
using Nura.Rag.Evaluation;
using Nura.Rag.Git;
using Nura.Rag.Grep;
using Nura.Rag.History;
using Nura.Rag.Indexing;
using Nura.Rag.Ranking;
using Nura.Rag.Repositories;
using Nura.Rag.Search;
using Nura.Rag.Symbols;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers what Nura.Rag consists of.</summary>
internal static class RagBuilderExtensions
{
    /// <summary>Repositories, indexing, ranking and citations. A bad setting stops the start and names its key.</summary>
    public static IHostApplicationBuilder AddNuraRag(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<RagOptions>().BindConfiguration(RagOptions.Section).Configure<IConfiguration>(static (options, configuration) => options.ReadProxies(configuration))
            .Validate<ModelCatalog>(
                static (options, catalog) => options.EmbeddingModel is not { Length: > 0 } name || catalog.Find(name) is { Kind: ModelKind.Embedding },
                $"{RagOptions.Section}:EmbeddingModel names no model that makes embeddings. Name one of the catalog, or one that a server below {ModelsOptions.Section}:Servers lists as EmbeddingModels.")
            .Validate(static options => options.HasOnlyProxiesThatCanBe(), "HTTP_PROXY, HTTPS_PROXY or ALL_PROXY is not the address of a proxy. Write it as http://proxy.example:3128, and what a password holds of other signs than letters and digits as %XX.")
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<RagOptions>, RagOptionsValidator>();
        services.ConfigureHttpJsonOptions(options => ContractsJson.Apply(options.SerializerOptions));
        services.AddExceptionHandler<ProblemHandler>();
        services.TryAddSingleton(TimeProvider.System);

        services.AddSingleton<HostLookup>(static (host, cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken));
        services.AddSingleton<GitCommand>();
        services.AddSingleton<SourceRules>();
        services.AddSingleton<RepositoryStore>();
        services.AddSingleton<RepositoryRegistry>();
        services.AddSingleton<RefSelector>();
        services.AddSingleton<SourceHeads>();

        services.AddSingleton<RunQueue>();
        services.AddSingleton<IndexInstruments>();
        services.AddSingleton<BlobStore>();
        services.AddSingleton<TreeStore>();
        services.AddSingleton<TreePlanner>();
        services.AddSingleton<BlobPipeline>();
        services.AddSingleton<DocumentStore>();
        services.AddSingleton<DocumentMirror>();
        services.AddSingleton<Indexer>();

        services.AddSingleton<CommitStore>();
        services.AddSingleton<HistoryIndexer>();

        services.AddSingleton<IRankingLane, LexicalLane>();
        services.AddSingleton<IRankingLane, HistoryLane>();
        services.AddSingleton<IRankingLane, ExactLane>();
        services.AddSingleton<IRankingLane, DenseLane>();
        services.AddHttpContextAccessor();
        services.AddSingleton<SearchCaller>();
        services.AddSingleton<EmbeddingModel>();
        services.AddSingleton<EmbeddingQueue>();
        services.AddSingleton<EmbeddingStore>();
        services.AddSingleton<EmbeddingFiller>();
        services.AddSingleton<NearIndexes>();
        services.AddSingleton<NearestChunks>();
        services.AddSingleton<PastNearest>();
        if (builder.Configuration[$"{RagOptions.Section}:{nameof(RagOptions.EmbeddingModel)}"] is { Length: > 0 })
        {
            services.AddSingleton<IRankingLane, EmbeddingLane>();
        }

        services.AddSingleton<Ranker>();
        services.AddSingleton<EvaluationStore>();
        services.AddSingleton<PastCorpus>();
        services.AddSingleton<Evaluator>();
        services.AddSingleton<CorpusLoader>();
        services.AddSingleton<CorpusCache>();

        services.AddSingleton<ChunkReader>();
        services.AddSingleton<VisibleCorpora>();
        services.AddOptions<AssistanceOptions>().BindConfiguration(AssistanceOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AssistanceOptions>, AssistanceRanges>();
        services.AddSingleton<IValidateOptions<AssistanceOptions>, AssistanceModels>();
        services.AddSingleton<ModelAsker>();
        services.AddSingleton<QueryRewriter>();
        services.AddSingleton<Reranker>();
        services.AddSingleton<SearchInstruments>();
        services.AddSingleton<SearchService>();
        services.AddSingleton<SymbolStore>();
        services.AddSingleton<ReferenceFinder>();
        services.AddSingleton<GrepService>();
        services.AddSingleton<CitationReader>();

        services.AddHostedService<CorpusWarmer>();
        services.AddHostedService<EvaluationWorker>();
        services.AddHostedService<IndexWorker>();
        services.AddHostedService<BacklogWatch>();
        services.AddHostedService<EmbeddingWorker>();
        services.AddHostedService<SourceWatcher>();
        services.AddHostedService<BlobCleaner>();
        services.AddHostedService<MirrorCleaner>();
        return builder;
    }
}
