using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Tells a chat client on whose account the call is, and where to note what it came to. Never sent anywhere.</summary>
public static class CallerOptions
{
    private const string Key = "nura.caller";
    private const string ReceiptKey = "nura.receipt";

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

    /// <summary>Attaches a receipt, to be read when the answer has ended.</summary>
    /// <param name="options">The options of the call; changed.</param>
    /// <param name="receipt">Filled in by the call.</param>
    /// <returns>The same options.</returns>
    public static ChatOptions WithReceipt(this ChatOptions options, Receipt receipt)
    {
        (options.AdditionalProperties ??= [])[ReceiptKey] = receipt;
        return options;
    }

    internal static Receipt? Receipt(this ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(ReceiptKey, out var value) is true ? value as Receipt : null;
}
