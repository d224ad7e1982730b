using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Tells a chat client on whose account the call is. Never sent anywhere.</summary>
public static class CallerOptions
{
    private const string Key = "nura.caller";

    /// <summary>Attaches the caller.</summary>
    /// <param name="options">The options of the call; changed.</param>
    /// <param name="caller">On whose account.</param>
    /// <returns>The same options.</returns>
    public static ChatOptions WithCaller(this ChatOptions options, Caller caller)
    {
        (options.AdditionalProperties ??= [])[Key] = caller;
        return options;
    }

    /// <summary>The caller attached, or nobody.</summary>
    /// <param name="options">The options of the call.</param>
    public static Caller Caller(this ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(Key, out var value) is true && value is Caller caller ? caller : Models.Caller.Nobody;
}
