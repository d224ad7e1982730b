namespace Nura.Models;

/// <summary>A model could not answer. One type for every provider; the message can be shown to the caller.</summary>
public sealed class ModelException : Exception
{
    /// <summary>A model that could not answer.</summary>
    /// <param name="message">What happened and what to do, for the caller to read.</param>
    /// <param name="status">The HTTP status that fits.</param>
    /// <param name="isRetryable">Whether the same call may succeed later or elsewhere.</param>
    /// <param name="inner">The cause.</param>
    public ModelException(string message, int status, bool isRetryable, Exception? inner = null)
        : base(message, inner)
    {
        Status = status;
        IsRetryable = isRetryable;
    }

    /// <summary>The upstream's HTTP status if it gave one; else the one that fits: 502 for a broken answer, 503 when it cannot be reached, 504 when it took too long.</summary>
    public int Status { get; }

    /// <summary>Whether the same call may succeed later or at another model.</summary>
    public bool IsRetryable { get; }

    /// <summary>The upstream's own code for the failure, such as <c>rate_limit_exceeded</c>.</summary>
    public string? Code { get; init; }

    /// <summary>What the upstream said, word for word, at most 2,000 characters.</summary>
    public string? UpstreamMessage { get; init; }

    /// <summary>How long the upstream asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether Nura refused the call before any provider was asked, because it could not account for it: no provider is to blame, and no other would be asked either.</summary>
    internal bool IsNuras { get; init; }

    /// <summary>Whether another model may answer where this one did not.</summary>
    public bool IsOfTheModel => !IsNuras && (IsRetryable || Code == BedrockError.Ended);
}
