using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Chooses the model for a call: architects and hard questions get the strongest, developers' questions about code the code model, everything else the fast one.</summary>
/// <param name="catalog">The models.</param>
/// <param name="options">Names the default model.</param>
public sealed class ModelRouter(ModelCatalog catalog, IOptions<ModelsOptions> options)
{
    /// <summary>Above this complexity the strongest model answers.</summary>
    public const double HardQuestion = 0.7;

    private const string Strongest = "claude-3-sonnet";
    private const string Code = "llama-2-70b";
    private const string Fast = "claude-3-haiku";

    /// <summary>The model to use: the one asked for, else the one the rules name, else the configured default, else the first that can be called, else <c>offline</c>.</summary>
    /// <param name="hints">What is known about the call.</param>
    public ModelInfo Choose(RouteHints hints)
    {
        foreach (var name in (ReadOnlySpan<string?>)[hints.Model, ByRule(hints), options.Value.Default])
        {
            if (name is not null && catalog.Find(name) is { } found && catalog.Current(found) is var model && catalog.IsUsable(model))
            {
                return model;
            }
        }

        return catalog.Usable.FirstOrDefault(model => model is { Kind: ModelKind.Chat, Provider: not OfflineChatClient.ProviderName })
            ?? catalog.Find(OfflineChatClient.ModelId)!;
    }

    private static string ByRule(RouteHints hints) => hints switch
    {
        { Complexity: > HardQuestion } or { Agent: "architect" } => Strongest,
        { Agent: "dev" } when hints.Question.Contains("code", StringComparison.OrdinalIgnoreCase) => Code,
        _ => Fast,
    };
}
