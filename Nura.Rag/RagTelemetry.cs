namespace Nura.Rag;

/// <summary>What this service's metrics have in common.</summary>
internal static class RagTelemetry
{
    /// <summary>Name of the meter.</summary>
    public const string Meter = "Nura.Rag";
}
