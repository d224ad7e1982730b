namespace Nura.Manifests;

/// <summary>Something the user can put right. The message says what happened, where, and what to do; no stack trace is shown.</summary>
internal sealed class ManifestToolException : Exception
{
    public ManifestToolException(string message)
        : base(message)
    {
    }

    public ManifestToolException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
