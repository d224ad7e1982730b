using System.Collections.Concurrent;
using Polly;
using Polly.CircuitBreaker;

namespace Nura.Models;

/// <summary>A circuit breaker for each model: one that keeps failing is not asked for a while.</summary>
internal sealed class Breakers(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ResiliencePipeline<object>> _pipelines = new(StringComparer.Ordinal);

    /// <summary>A model's. Answers are of several types and share it, so it knows them as objects.</summary>
    public ResiliencePipeline<object> For(ModelInfo model) => _pipelines.TryGetValue(model.Id, out var known) ? known : _pipelines.GetOrAdd(model.Id, _ => new ResiliencePipelineBuilder<object> { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<object>
        {
            FailureRatio = 0.5,
            MinimumThroughput = 8,
            SamplingDuration = TimeSpan.FromSeconds(10),
            BreakDuration = TimeSpan.FromSeconds(5),
            // A client's own mistake says nothing about the provider, nor does Nura's own trouble.
            ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Exception is ModelException { IsRetryable: true, IsNuras: false }),
        })
        .Build());

    public static ModelException Open(ModelInfo model, TimeSpan? retryAfter, Exception inner) =>
        new($"The provider of '{model.Id}' has failed repeatedly and is left alone for a moment.", 503, isRetryable: true, inner) { Code = "circuit_open", RetryAfter = retryAfter ?? TimeSpan.FromSeconds(5) };
}
