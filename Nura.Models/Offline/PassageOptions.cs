using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Hands the passages found for a question to a chat client, beside the prompt. Only the offline model reads them; they are never sent anywhere.</summary>
public static class PassageOptions
{
    private const string Key = "nura.passages";

    /// <summary>Attaches passages.</summary>
    /// <param name="options">The options of the call; changed.</param>
    /// <param name="passages">Best first.</param>
    /// <returns>The same options.</returns>
    public static ChatOptions WithPassages(this ChatOptions options, IReadOnlyList<Passage> passages)
    {
        (options.AdditionalProperties ??= [])[Key] = passages;
        return options;
    }

    /// <summary>The passages attached; <see langword="null"/> if nobody searched for any.</summary>
    /// <param name="options">The options of the call.</param>
    public static IReadOnlyList<Passage>? Passages(this ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(Key, out var value) is true && value is IReadOnlyList<Passage> passages ? passages : null;
}
