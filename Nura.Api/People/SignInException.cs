namespace Nura.Api.People;

/// <summary>A sign-in with the identity provider came to nothing.</summary>
/// <param name="reason">For the person: the web client has a sentence for each.</param>
/// <param name="message">For the log: what happened. Says nothing that is secret.</param>
/// <param name="innerException">What it comes from.</param>
internal sealed class SignInException(SignInProblem reason, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public SignInProblem Reason { get; } = reason;
}

/// <summary>Why a sign-in came to nothing.</summary>
internal enum SignInProblem
{
    /// <summary>The provider let nobody in, such as somebody who did not agree.</summary>
    Refused,

    /// <summary>It was begun too long ago, in another browser, or not here at all.</summary>
    Expired,

    /// <summary>The provider does not answer, or not as it should.</summary>
    Provider,

    /// <summary>The person is none of those who may sign in.</summary>
    Member,

    /// <summary>An administrator has shut the person out.</summary>
    Revoked,
}
