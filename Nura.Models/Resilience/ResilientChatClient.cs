using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Tries again and elsewhere, as long as nothing of the answer has reached the caller; a stream that breaks off later is taken up again where the catalog says that its model can (<see cref="AnswerSoFar"/>).</summary>
/// <param name="targets">What to try, in order; each with its model.</param>
/// <param name="tries">Asks them.</param>
internal sealed class ResilientChatClient(IReadOnlyList<(ModelInfo Model, IChatClient Client)> targets, Tries tries) : IChatClient
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(150);

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
                    catch (ModelException exception) when (continuations < Tries.MostContinuations && soFar.CanGoOn(exception) && CanGoOn(model).Count > 0)
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

    private Task<T> TryAsync<T>(
        IReadOnlyList<(ModelInfo Model, IChatClient Client)> among, Func<ModelInfo, IChatClient, ValueTask<T>> call, CancellationToken cancellationToken) => tries.FirstAsync(
        among.Select(static target => target.Model),
        (among, call),
        static (it, model, _) => it.call(model, it.among.First(target => ReferenceEquals(target.Model, model)).Client),
        s_pause,
        static _ => true,
        cancellationToken);
}
