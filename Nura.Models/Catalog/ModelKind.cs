namespace Nura.Models;

/// <summary>What a model is asked for.</summary>
public enum ModelKind
{
    /// <summary>Answers a conversation.</summary>
    Chat,

    /// <summary>Turns texts into vectors.</summary>
    Embedding,
}
