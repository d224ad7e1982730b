using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Polly.CircuitBreaker;

namespace Nura.Models;

/// <summary>Tries again and elsewhere, as long as nothing of the answer has reached the caller; a stream that breaks off later is taken up again where the catalog says that its model can (<see cref="AnswerSoFar"/>).</summary>
/// <param name="targets">What to try, in order; each with its model.</param>
/// <param name="breakers">Models that keep failing are skipped.</param>
/// <param name="time">Measures the time left.</param>
internal sealed class ResilientChatClient(IReadOnlyList<(ModelInfo Model, IChatClient Client)> targets, Breakers breakers, TimeProvider time) : IChatClient
{
    /// <summary>Attempts at one model before the next is tried.</summary>
    private const int Attempts = 2;

    /// <summary>A stream that breaks more often is given up.</summary>
    private const int MostContinuations = 2;

    /// <summary>A provider that asks for a longer pause is left for the next one.</summary>
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);

    /// <summary>After this time no further attempt is begun.</summary>
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        TryAsync(targets, (_, client) => new ValueTask<ChatResponse>(client.GetResponseAsync(messages, options, cancellationToken)), cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = messages as IReadOnlyCollection<ChatMessage> ?? [.. messages];
        var soFar = new AnswerSoFar(conversation);
        var (model, updates, any) = await BeginAsync(targets, conversation, options, cancellationToken);
        for (var continuations = 0; ; continuations++)
        {
            ModelException? failure = null;
            await using (updates)
            {
                while (any && failure is null)
                {
                    yield return soFar.Add(updates.Current);
                    try
                    {
                        any = await updates.MoveNextAsync();
                    }
                    catch (ModelException exception) when (continuations < MostContinuations && soFar.CanGoOn(exception) && CanGoOn(model).Count > 0)
                    {
                        failure = exception;
                    }
                }
            }

            if (failure is null)
            {
                yield break;
            }

            soFar.GoOn();
            (model, updates, any) = await BeginAsync(CanGoOn(model), soFar.Conversation, options, cancellationToken);
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : targets[0].Client.GetService(serviceType, serviceKey);

    public void Dispose()
    {
    }

    /// <summary>Who can take up an answer that broke off: the model itself first, then those that were to follow, if the catalog says they can.</summary>
    private List<(ModelInfo Model, IChatClient Client)> CanGoOn(ModelInfo model) =>
        [.. targets.SkipWhile(target => target.Model != model).Where(target => target.Model.Can(Capabilities.Prefill))];

    private Task<(ModelInfo Model, IAsyncEnumerator<ChatResponseUpdate> Updates, bool Any)> BeginAsync(
        IReadOnlyList<(ModelInfo Model, IChatClient Client)> among, IReadOnlyCollection<ChatMessage> conversation, ChatOptions? options, CancellationToken cancellationToken) =>
        TryAsync(among, async (model, client) =>
        {
            var begun = client.GetStreamingResponseAsync(conversation, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
            try
            {
                return (model, begun, await begun.MoveNextAsync());
            }
            catch
            {
                await begun.DisposeAsync();
                throw;
            }
        }, cancellationToken);

    private async Task<T> TryAsync<T>(IReadOnlyList<(ModelInfo Model, IChatClient Client)> among, Func<ModelInfo, IChatClient, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        ModelException? last = null;
        foreach (var (model, client) in among)
        {
            for (var attempt = 1; attempt <= Attempts; attempt++)
            {
                try
                {
                    return await breakers.For(model).ExecuteAsync(
                        static (state, _) => state.call(state.model, state.client), (call, model, client), cancellationToken);
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
