using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Accounts for every call of a chat client.</summary>
internal sealed class MeteredChatClient(IChatClient inner, ModelInfo model, CallMeter meter) : IChatClient
{
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var conversation = messages as IReadOnlyCollection<ChatMessage> ?? [.. messages];
        var call = await BeginAsync(conversation, options, cancellationToken);
        var (status, tokens, estimated) = (MeteredCall.GivenUp, new TokenUsage(), false);
        try
        {
            var answer = await inner.GetResponseAsync(conversation, options, cancellationToken);
            call.FirstPiece();
            (status, (tokens, estimated)) = (200, Tokens(answer.Usage, conversation, options, answer.Text.Length));
            return answer;
        }
        catch (ModelException exception)
        {
            status = exception.Status;
            throw;
        }
        catch (OperationCanceledException)
        {
            // The provider has read the prompt and goes on for a while; how far it got nobody will say.
            (tokens, estimated) = Tokens(null, conversation, options, 0);
            throw;
        }
        finally
        {
            await call.EndAsync(tokens, status, estimated);
            options.Receipt()?.Add(call);
        }
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var conversation = messages as IReadOnlyCollection<ChatMessage> ?? [.. messages];
        var call = await BeginAsync(conversation, options, cancellationToken);
        var (status, written) = (MeteredCall.GivenUp, 0);
        UsageDetails? usage = null;
        await using var updates = inner.GetStreamingResponseAsync(conversation, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync())
                    {
                        status = 200;
                        break;
                    }
                }
                catch (ModelException exception)
                {
                    status = exception.Status;
                    throw;
                }

                call.FirstPiece();
                var update = updates.Current;
                written += update.Text.Length;
                foreach (var content in update.Contents)
                {
                    usage = (content as UsageContent)?.Details ?? usage;
                }

                yield return update;
            }
        }
        finally
        {
            // What was read and written before a hang-up is paid for all the same, and so is what was written before a failure.
            var (tokens, estimated) = status is 200 or MeteredCall.GivenUp || usage is not null || written > 0 ? Tokens(usage, conversation, options, written) : (new TokenUsage(), false);
            await call.EndAsync(tokens, status, estimated);
            options.Receipt()?.Add(call);
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : inner.GetService(serviceType, serviceKey);

    public void Dispose() => inner.Dispose();

    /// <summary>Tokens by class, from the counts that providers give.</summary>
    internal static TokenUsage Classes(UsageDetails usage)
    {
        var read = usage.CachedInputTokenCount ?? 0;
        var written5m = usage.AdditionalCounts?.GetValueOrDefault(ConverseResponse.CacheWrite5m) ?? 0;
        var written1h = usage.AdditionalCounts?.GetValueOrDefault(ConverseResponse.CacheWrite1h) ?? 0;
        return new TokenUsage
        {
            Input = Math.Max((usage.InputTokenCount ?? 0) - read - written5m - written1h, 0),
            Output = usage.OutputTokenCount ?? 0,
            CacheRead = read,
            CacheWrite5m = written5m,
            CacheWrite1h = written1h,
        };
    }

    private static (TokenUsage Tokens, bool Estimated) Tokens(UsageDetails? usage, IEnumerable<ChatMessage> messages, ChatOptions? options, int written) => usage is { InputTokenCount: not null }
        ? (Classes(usage), usage.AdditionalCounts?.ContainsKey(TokenEstimate.Mark) is true)
        : (new TokenUsage { Input = TokenEstimate.Of(messages, options), Output = (written + 3) / 4 }, true);

    private ValueTask<MeteredCall> BeginAsync(IReadOnlyCollection<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        options.Receipt()?.Ask(model);
        // A request to Bedrock always has a limit.
        long? limit = options?.MaxOutputTokens ?? (model.Provider == BedrockChatClient.ProviderName ? ConverseRequest.UsualMaxTokens : null);
        var caller = options.Caller();
        return meter.BeginAsync(
            model, caller, Operations.Chat, meter.IsLimited(caller) ? TokenEstimate.Most(messages, options) : 0, TokenEstimate.MostOutput(model, limit), cancellationToken);
    }
}
