namespace Nura.Models;

/// <summary>Names of operations, as telemetry has them.</summary>
public static class Operations
{
    /// <summary>Answering a conversation.</summary>
    public const string Chat = "chat";

    /// <summary>Turning texts into vectors.</summary>
    public const string Embeddings = "embeddings";
}
