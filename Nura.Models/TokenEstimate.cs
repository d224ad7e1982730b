using System.Text;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Tokens without a tokenizer: four characters each, the usual figure for English text and code. Good for limits and budgets, not for bills.</summary>
public static class TokenEstimate
{
    private const int CharactersPerToken = 4;

    // Claude makes larger pictures smaller until they count about this; other models count up to some thousands.
    private const int TokensPerPicture = 1_600;
    private const int MostTokensPerPicture = 5_000;

    // What providers put around turns and tools.
    private const int MostTokensAround = 200;

    /// <summary>Key in <see cref="UsageDetails.AdditionalCounts"/>, value 1: the counts beside it are estimates.</summary>
    public const string Mark = "estimated";

    /// <summary>Tokens of a text, at least 1 unless it is empty.</summary>
    /// <param name="text">Any text.</param>
    public static int Of(ReadOnlySpan<char> text) => (text.Length + CharactersPerToken - 1) / CharactersPerToken;

    /// <summary>Tokens of a conversation: its texts, calls of tools and their results, and a flat figure for each picture or file.</summary>
    /// <param name="messages">The messages.</param>
    public static int Of(IEnumerable<ChatMessage> messages) => messages.Sum(message => message.Contents.Sum(Of));

    /// <summary>Tokens of a whole prompt: a conversation, with the instructions and tools that go before it.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="options">Has instructions and tools, if there are any.</param>
    public static int Of(IEnumerable<ChatMessage> messages, ChatOptions? options) => Of(messages) + Before(options).Sum(text => Of(text));

    /// <summary>Tokens of a piece of a conversation.</summary>
    internal static int Of(AIContent content) => IsPicture(content) ? TokensPerPicture : Texts(content).Sum(text => Of(text));

    /// <summary>Tokens that a whole prompt has at most, for a budget. A token has at least two bytes in all but the strangest texts.</summary>
    internal static long Most(IEnumerable<ChatMessage> messages, ChatOptions? options) =>
        MostTokensAround + Before(options).Sum(Most)
        + messages.SelectMany(message => message.Contents).Sum(content => IsPicture(content) ? MostTokensPerPicture : Texts(content).Sum(Most));

    /// <summary>Tokens that an answer has at most, for a budget.</summary>
    /// <param name="model">The model that answers.</param>
    /// <param name="asked">What the request allows, if it says.</param>
    /// <param name="answers">How many answers it asks for, at least 1.</param>
    internal static long MostOutput(ModelInfo model, long? asked, long answers = 1)
    {
        var most = asked ?? (model.MaxOutput > 0 ? model.MaxOutput : ConverseRequest.UsualMaxTokens);
        return answers > long.MaxValue / most ? long.MaxValue : most * answers;
    }

    private static long Most(string text) => (Encoding.UTF8.GetByteCount(text) + 1) / 2;

    private static bool IsPicture(AIContent content) => content is DataContent or UriContent;

    /// <summary>Everything of a piece that a model reads as text.</summary>
    private static string[] Texts(AIContent content) => content switch
    {
        TextContent text => [text.Text],
        TextReasoningContent thinking => [thinking.Text],
        FunctionCallContent call => [call.Name, ToolJson.Arguments(call)],
        FunctionResultContent result => [ToolJson.Text(result.Result)],
        _ => [],
    };

    /// <summary>What goes before a conversation: also the schema of the answer, which most providers put into words for the model.</summary>
    private static IEnumerable<string> Before(ChatOptions? options) =>
        [options?.Instructions ?? "", (options?.ResponseFormat as ChatResponseFormatJson)?.Schema?.GetRawText() ?? "", .. (options?.Tools?.OfType<AIFunctionDeclaration>() ?? []).SelectMany(tool => (string[])[tool.Name, tool.Description, tool.JsonSchema.GetRawText()])];
}
