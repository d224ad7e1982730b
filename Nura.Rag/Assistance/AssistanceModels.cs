using Microsoft.Extensions.Options;
using Nura.Models;

namespace Nura.Rag.Assistance;

/// <summary>Checks that the models named can be asked: a search would otherwise fall back in silence for ever.</summary>
internal sealed class AssistanceModels(ModelCatalog catalog) : IValidateOptions<AssistanceOptions>
{
    public ValidateOptionsResult Validate(string? name, AssistanceOptions options)
    {
        var failures = new[] { (nameof(options.RewriteModel), options.RewriteModel), (nameof(options.RerankModel), options.RerankModel) }
            .Select(entry => Refuse(entry.Item1, entry.Item2)).OfType<string>().ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private string? Refuse(string key, string? model)
    {
        if (string.IsNullOrEmpty(model))
        {
            return null;
        }

        var reason = catalog.Find(model) is not { } found ? "which is not in the catalog"
            : found.Kind != ModelKind.Chat ? "which makes embeddings and cannot chat"
            : found.Provider == "offline" ? "which only quotes"
            : !catalog.IsUsable(catalog.Current(found)) ? "whose provider is not configured"
            : null;
        return reason is null ? null : $"{AssistanceOptions.Section}:{key} is '{model}', {reason}. Name a chat model that is configured below {ModelsOptions.Section}, or leave the key out.";
    }
}
