using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>
/// Where a caller wants the provider to keep the prompt for later calls: behind the tools, the system prompt, or a piece of a turn. Providers without such places ignore it.
/// Source: Anthropic's Messages API, "cache_control".
/// </summary>
public static class CacheMarks
{
    private const string Content = "nura.cache";
    private const string OfSystem = "nura.cache.system";
    private const string OfTools = "nura.cache.tools";

    /// <summary>Marks the end of a piece of a turn.</summary>
    /// <typeparam name="T">The kind of piece.</typeparam>
    /// <param name="content">The piece; changed.</param>
    /// <param name="life">How long it is kept: <c>5m</c> or <c>1h</c>; <see langword="null"/> for no mark.</param>
    /// <returns>The same piece.</returns>
    public static T WithCacheMark<T>(this T content, string? life)
        where T : AIContent
    {
        if (life is not null)
        {
            (content.AdditionalProperties ??= [])[Content] = life;
        }

        return content;
    }

    /// <summary>Marks the end of the tools and of the system prompt.</summary>
    /// <param name="options">The options of the call; changed.</param>
    /// <param name="tools">How long tools are kept: <c>5m</c> or <c>1h</c>; <see langword="null"/> for no mark.</param>
    /// <param name="system">How long the system prompt is kept, likewise.</param>
    /// <returns>The same options.</returns>
    public static ChatOptions WithCacheMarks(this ChatOptions options, string? tools, string? system)
    {
        if (tools is not null)
        {
            (options.AdditionalProperties ??= [])[OfTools] = tools;
        }

        if (system is not null)
        {
            (options.AdditionalProperties ??= [])[OfSystem] = system;
        }

        return options;
    }

    internal static string? CacheMark(this AIContent content) => Read(content.AdditionalProperties, Content);

    internal static string? ToolsCacheMark(this ChatOptions? options) => Read(options?.AdditionalProperties, OfTools);

    internal static string? SystemCacheMark(this ChatOptions? options) => Read(options?.AdditionalProperties, OfSystem);

    private static string? Read(AdditionalPropertiesDictionary? properties, string key) => properties?.TryGetValue(key, out var value) is true ? value as string : null;
}
