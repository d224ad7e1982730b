using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Nura.Models;

/// <summary>Gives a caller's own earlier answer again when the same caller asks a question that means the same, and nothing else in the request differs.</summary>
/// <remarks>Never for tool loops, nor answers that call tools or were cut. When the embedding model or the database fails, the request goes on as if nothing had been found.</remarks>
public sealed partial class SemanticCache
{
    private readonly SemanticCacheOptions _options;
    private readonly ModelCatalog _catalog;
    private readonly QuestionVectors _vectors;
    private readonly NpgsqlDataSource? _database;
    private readonly TimeProvider _time;
    private readonly ILogger<SemanticCache> _logger;

    internal SemanticCache(IOptions<ModelsOptions> options, ModelCatalog catalog, QuestionVectors vectors, IServiceProvider services, TimeProvider time, ILogger<SemanticCache> logger)
    {
        (_options, _catalog, _vectors, _time, _logger) = (options.Value.Cache.Semantic, catalog, vectors, time, logger);
        _database = services.GetService<NpgsqlDataSource>();
    }

    /// <summary>Whether questions are compared at all.</summary>
    public bool IsOn => _options.Model is not null && _database is not null;

    /// <summary>Looks for an answer.</summary>
    /// <param name="caller">Who asks; without a key nothing is looked for.</param>
    /// <param name="model">The model that is to answer.</param>
    /// <param name="operation">What is asked for, in which dialect.</param>
    /// <param name="body">A chat completion request, or one for messages.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What was found, and where its answer can be kept; <see langword="null"/> if the request is not one to compare.</returns>
    public async ValueTask<SemanticLookup?> FindAsync(Caller caller, ModelInfo model, string operation, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (!IsOn || caller.Key is not { Length: > 0 } key)
        {
            return null;
        }

        if (_catalog.Find(_options.Model!) is not { Kind: ModelKind.Embedding } comparedBy)
        {
            LogWithout($"'{_options.Model}' is no embedding model of the catalog ({ModelsOptions.Section}:Cache:Semantic:Model).");
            return null;
        }

        if (SemanticQuestion.Of(model, comparedBy, operation, body.Span) is not { } question)
        {
            return null;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_options.DeadlineMs);
        try
        {
            var vector = await _vectors.OfAsync(comparedBy, question.Text, caller, patience.Token);
            var answer = await SemanticAnswers.FindAsync(_database!, key, question.Guard, vector, _options.Similarity, _time.GetUtcNow(), patience.Token);
            return new SemanticLookup(this, answer, key, question.Guard, vector);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is ModelException or NpgsqlException or OperationCanceledException)
        {
            LogWithout(exception.Message);
            return null;
        }
    }

    /// <summary>Forgets answers.</summary>
    /// <param name="key">Those of a key; everybody's when absent.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many there were.</returns>
    public Task<int> PurgeAsync(string? key, CancellationToken cancellationToken) =>
        _database is null ? Task.FromResult(0) : SemanticAnswers.PurgeAsync(_database, key, cancellationToken);

    internal async ValueTask KeepAsync(SemanticLookup lookup, CachedAnswer answer, CancellationToken cancellationToken)
    {
        if (!SemanticQuestion.CanAnswer(answer.Body.Span))
        {
            return;
        }

        try
        {
            await SemanticAnswers.KeepAsync(
                _database!, lookup.Key, lookup.Guard, lookup.Vector, answer, _options.Answers, _time.GetUtcNow(), TimeSpan.FromSeconds(_options.Seconds), cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            LogWithout(exception.Message);
        }
    }

    [LoggerMessage(4020, LogLevel.Warning, "The semantic cache is left out: {Problem}")]
    private partial void LogWithout(string problem);
}
