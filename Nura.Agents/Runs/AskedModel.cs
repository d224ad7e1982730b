using Nura.Contracts;
using Nura.Models;

namespace Nura.Agents.Runs;

/// <summary>Looks at the model that a caller names for an agent, before the run starts: of the others only a model that has ended is answered for, by its replacement.</summary>
internal sealed class AskedModel(ModelCatalog catalog)
{
    /// <param name="name">The name; <see langword="null"/> if the router is to choose.</param>
    /// <exception cref="ProblemException">400: no model of this name can answer here.</exception>
    public void Check(string? name)
    {
        if (name is not null && WhyNot(name) is { } why)
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, $"The model '{name}' cannot answer: {why}.", "GET /api/models lists those that can. Without a model Nura chooses one.");
        }
    }

    private string? WhyNot(string name) => catalog.Find(name) is not { } found ? "there is none of this name"
        : catalog.Current(found) is not { Kind: ModelKind.Chat } current ? "it does not chat"
        : catalog.HasEnded(current) ? "it has reached its end of life"
        : catalog.IsUsable(current) ? null
        : "its provider is not configured";
}
