using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Answers without a model: quotes the passages attached by <see cref="PassageOptions.WithPassages"/>, cites them, and says that it does no more.</summary>
/// <param name="time">The clock.</param>
/// <param name="isAlone">Whether there is no other model that could have answered.</param>
internal sealed class OfflineChatClient(TimeProvider time, bool isAlone) : IChatClient
{
    public const string ProviderName = "offline";

    public const string ModelId = "offline";

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = messages as IReadOnlyCollection<ChatMessage> ?? [.. messages];
        var question = conversation.LastOrDefault(message => message.Role == ChatRole.User)?.Text ?? "";
        var passages = options.Passages();
        var id = $"offline-{Guid.CreateVersion7():N}";
        var created = time.GetUtcNow();
        var limit = options?.MaxOutputTokens ?? int.MaxValue;
        var written = 0;
        var finish = ChatFinishReason.Stop;

        foreach (var piece in OfflineAnswer.Write(question, passages, isAlone))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var tokens = TokenEstimate.Of(piece);
            if (written + tokens > limit)
            {
                finish = ChatFinishReason.Length;
                break;
            }

            written += tokens;
            yield return Update([new TextContent(piece)]);

            // Lets the reader send this piece before the next one is made.
            await Task.Yield();
        }

        var read = TokenEstimate.Of(conversation) + (passages ?? []).Sum(passage => TokenEstimate.Of(passage.Text));
        var usage = new UsageDetails
        {
            InputTokenCount = read,
            OutputTokenCount = written,
            TotalTokenCount = read + written,
            AdditionalCounts = new() { [TokenEstimate.Mark] = 1 },
        };
        var last = Update([new UsageContent(usage)]);
        last.FinishReason = finish;
        yield return last;

        ChatResponseUpdate Update(IList<AIContent> contents) => new(ChatRole.Assistant, contents)
        {
            ResponseId = id,
            MessageId = id,
            ModelId = ModelId,
            CreatedAt = created,
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(ProviderName, defaultModelId: ModelId)
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
    }
}
