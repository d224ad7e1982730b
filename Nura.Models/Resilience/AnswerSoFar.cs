using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>What of a streamed answer has reached the caller, so that one that breaks off can be taken up again where it ended.</summary>
/// <remarks>
/// The model is given its own beginning as the last turn and goes on from there. That needs a model which the catalog declares able to (<see cref="Capabilities.Prefill"/>),
/// and an answer that is text so far: thinking and tool calls cannot be handed back in part.
/// </remarks>
internal sealed class AnswerSoFar(IReadOnlyCollection<ChatMessage> conversation)
{
    private readonly List<string> _text = [];
    private bool _isText = conversation.LastOrDefault()?.Role != ChatRole.Assistant;
    private bool _skipsBlanks;
    private ChatResponseUpdate? _first;

    /// <summary>The conversation with the beginning of the answer as its last turn. Providers refuse blanks at its end.</summary>
    public IReadOnlyList<ChatMessage> Conversation => [.. conversation, new ChatMessage(ChatRole.Assistant, string.Concat(_text).TrimEnd())];

    /// <summary>Whether the answer can be taken up again after a failure.</summary>
    public bool CanGoOn(ModelException failure) => failure.IsRetryable && _isText && !_text.TrueForAll(string.IsNullOrWhiteSpace);

    /// <summary>From here on the pieces are a continuation.</summary>
    public void GoOn() => _skipsBlanks = _text.Count > 0 && char.IsWhiteSpace(_text[^1][^1]);

    /// <summary>Notes a piece.</summary>
    /// <returns>The piece, of one answer with those before it.</returns>
    public ChatResponseUpdate Add(ChatResponseUpdate update)
    {
        _first ??= update;
        update.ResponseId = _first.ResponseId;
        update.MessageId = _first.MessageId;
        _isText &= update.FinishReason is null;
        foreach (var content in update.Contents)
        {
            if (content is TextContent text)
            {
                // The blanks that were left out of the last turn have been sent.
                text.Text = _skipsBlanks ? text.Text.TrimStart() : text.Text;
                _skipsBlanks &= text.Text.Length == 0;
                if (text.Text.Length > 0)
                {
                    _text.Add(text.Text);
                }
            }
            else if (content is not UsageContent)
            {
                _isText = false;
            }
        }

        return update;
    }
}
