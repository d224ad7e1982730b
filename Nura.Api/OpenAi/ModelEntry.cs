using System.Text.Json.Serialization;

namespace Nura.Api.OpenAi;

/// <summary>A model in OpenAI's list.</summary>
/// <param name="Id">What callers write as <c>model</c>.</param>
/// <param name="OwnedBy">Who answers.</param>
internal sealed record ModelEntry(string Id, [property: JsonPropertyName("owned_by")] string OwnedBy)
{
    /// <summary>Always <c>model</c>.</summary>
    public string Object { get; } = "model";

    /// <summary>Unix time of its making. Nobody tells us, so the epoch stands for "unknown".</summary>
    public long Created { get; }
}

/// <summary>OpenAI's list of models.</summary>
/// <param name="Data">The models: agents first.</param>
internal sealed record ModelList(IReadOnlyList<ModelEntry> Data)
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; } = "list";
}
