using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Polly.CircuitBreaker;

namespace Nura.Models;

/// <summary>Tries again and elsewhere, as long as nothing of the answer has reached the caller.</summary>
/// <param name="targets">What to try, in order; each with its model.</param>
/// <param name="breakers">Models that keep failing are skipped.</param>
/// <param name="time">Measures the time left.</param>
internal sealed class ResilientChatClient(IReadOnlyList<(ModelInfo Model, IChatClient Client)> targets, Breakers breakers, TimeProvider time) : IChatClient
{
    /// <summary>Attempts at one model before the next is tried.</summary>
    private const int Attempts = 2;

    /// <summary>A provider that asks for a longer pause is left for the next one.</summary>
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);

    /// <summary>After this time no further attempt is begun.</summary>
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        TryAsync(client => new ValueTask<ChatResponse>(client.GetResponseAsync(messages, options, cancellationToken)), cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (updates, any) = await TryAsync(async client =>
        {
            var begun = client.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
            try
            {
                return (begun, await begun.MoveNextAsync());
            }
            catch
            {
                await begun.DisposeAsync();
                throw;
            }
        }, cancellationToken);

        await using (updates)
        {
            while (any)
            {
                yield return updates.Current;
                any = await updates.MoveNextAsync();
            }
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : targets[0].Client.GetService(serviceType, serviceKey);

    public void Dispose()
    {
    }

    private async Task<T> TryAsync<T>(Func<IChatClient, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        ModelException? last = null;
        foreach (var (model, client) in targets)
        {
            for (var attempt = 1; attempt <= Attempts; attempt++)
            {
                try
                {
                    return await breakers.For(model).ExecuteAsync(
                        static (state, _) => state.call(state.client), (call, client), cancellationToken);
                }
                catch (BrokenCircuitException exception)
                {
                    last = Breakers.Open(model, exception.RetryAfter, exception);
                    break;
                }
                catch (ModelException exception) when (exception.IsRetryable || exception.Code == BedrockError.Ended)
                {
                    last = exception;
                }

                // Half to one and a half of 300 ms, so that callers who failed together do not return together.
                var pause = last.RetryAfter ?? TimeSpan.FromMilliseconds(150 + Random.Shared.Next(300));
                if (attempt == Attempts || !last.IsRetryable || pause > s_longestPause || time.GetElapsedTime(started) + pause > s_deadline)
                {
                    break;
                }

                await Task.Delay(pause, time, cancellationToken);
            }

            if (time.GetElapsedTime(started) > s_deadline)
            {
                break;
            }
        }

        throw last!;
    }
}
