using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Tokens without a tokenizer: four characters each, the usual figure for English text and code. Good for limits and budgets, not for bills.</summary>
public static class TokenEstimate
{
    private const int CharactersPerToken = 4;

    /// <summary>Key in <see cref="UsageDetails.AdditionalCounts"/>, value 1: the counts beside it are estimates.</summary>
    public const string Mark = "estimated";

    /// <summary>Tokens of a text, at least 1 unless it is empty.</summary>
    /// <param name="text">Any text.</param>
    public static int Of(ReadOnlySpan<char> text) => (text.Length + CharactersPerToken - 1) / CharactersPerToken;

    /// <summary>Tokens of a conversation's texts.</summary>
    /// <param name="messages">The messages.</param>
    public static int Of(IEnumerable<ChatMessage> messages) => messages.Sum(message => Of(message.Text));
}
