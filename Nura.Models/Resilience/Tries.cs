using Polly;
using Polly.CircuitBreaker;

namespace Nura.Models;

/// <summary>Asks models in order until one begins to answer: each again when it fails in passing, and none that keeps failing.</summary>
/// <remarks>
/// A model that stalls costs its whole patience, and the next ones are asked all the same: only asking again is limited to the first minute. After ten minutes nobody is asked
/// any more, because the usual clients have hung up by then.
/// </remarks>
internal sealed class Tries(Breakers breakers, TimeProvider time)
{
    /// <summary>A stream that breaks more often after its beginning is given up.</summary>
    public const int MostContinuations = 2;

    private const int Attempts = 2;

    // A provider that asks for a longer pause is left for the next one.
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);

    // After this time no model is asked again.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    // After this time no further model is asked.
    private static readonly TimeSpan s_end = TimeSpan.FromMinutes(10);

    /// <summary>Asks.</summary>
    /// <typeparam name="TState">What a call needs to know.</typeparam>
    /// <typeparam name="TAnswer">What it brings.</typeparam>
    /// <param name="targets">What to ask, at least one.</param>
    /// <param name="state">What each call needs to know.</param>
    /// <param name="call">Asks one model.</param>
    /// <param name="pause">Shortest wait before a model is asked again, unless it names one; up to three times as long, so that callers who failed together do not return together.</param>
    /// <param name="waits">Whether a model is worth waiting for.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ModelException">Every model failed; or one refused, or Nura itself, for a reason that holds for all.</exception>
    public async Task<TAnswer> FirstAsync<TState, TAnswer>(
        IEnumerable<ModelInfo> targets, TState state, Func<TState, ModelInfo, CancellationToken, ValueTask<TAnswer>> call, TimeSpan pause, Func<ModelInfo, bool> waits, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        ModelException? last = null;
        foreach (var target in targets)
        {
            if (last is not null && time.GetElapsedTime(started) > s_end)
            {
                break;
            }

            for (var attempt = 1; attempt <= Attempts; attempt++)
            {
                var context = ResilienceContextPool.Shared.Get(cancellationToken);
                var outcome = await OnceAsync(target, state, call, context);
                ResilienceContextPool.Shared.Return(context);
                if (outcome.Exception is BrokenCircuitException open)
                {
                    last = Breakers.Open(target, open.RetryAfter, open);
                    break;
                }

                if (outcome.Exception is not ModelException { IsOfTheModel: true } failure)
                {
                    outcome.ThrowIfException();
                    return (TAnswer)outcome.Result!;
                }

                last = failure;
                var wait = last.RetryAfter ?? pause + (pause * (2 * Random.Shared.NextDouble()));
                if (attempt == Attempts || !last.IsRetryable || wait > s_longestPause || time.GetElapsedTime(started) + wait > s_deadline || !waits(target))
                {
                    break;
                }

                await Task.Delay(wait, time, cancellationToken);
            }
        }

        throw last!;
    }

    // Polly passes outcomes on: given one, it need not catch a failure, nor throw it again.
    private ValueTask<Outcome<object>> OnceAsync<TState, TAnswer>(ModelInfo target, TState state, Func<TState, ModelInfo, CancellationToken, ValueTask<TAnswer>> call, ResilienceContext context) =>
        breakers.For(target).ExecuteOutcomeAsync(
            static async (context, it) =>
            {
                try
                {
                    return Outcome.FromResult<object>(await it.call(it.state, it.target, context.CancellationToken));
                }
                catch (Exception exception)
                {
                    return Outcome.FromException<object>(exception);
                }
            },
            context,
            (call, state, target));
}
