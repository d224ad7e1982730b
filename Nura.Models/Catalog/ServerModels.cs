namespace Nura.Models;

/// <summary>The models that the configured OpenAI-compatible servers offer, as catalog entries.</summary>
internal static class ServerModels
{
    public static IEnumerable<ModelInfo> Of(ModelsOptions options, IReadOnlyCollection<ModelInfo> known)
    {
        var taken = known.SelectMany(ModelCatalog.NamesOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, server) in options.Servers.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            foreach (var upstream in server.Models.Concat(server.EmbeddingModels))
            {
                // An entry of the catalog file for this server says more than the configuration can.
                if (known.Any(model => model.Server == name && model.UpstreamName == upstream))
                {
                    continue;
                }

                var full = $"{name}/{upstream}";
                var isFree = taken.Add(upstream);
                yield return new ModelInfo
                {
                    Id = isFree ? upstream : full,
                    Kind = server.EmbeddingModels.Contains(upstream) ? ModelKind.Embedding : ModelKind.Chat,
                    Provider = OpenAiChatClient.ProviderName,
                    Server = name,
                    Upstream = upstream,
                    Aliases = isFree ? [full] : [],
                    Context = server.Context,
                    MaxOutput = server.MaxOutput,
                    Capabilities = server.EmbeddingModels.Contains(upstream) ? [Capabilities.Embeddings]
                        : server.Tools
                        ? [Capabilities.System, Capabilities.Streaming, Capabilities.Tools]
                        : [Capabilities.System, Capabilities.Streaming],
                };
            }
        }
    }
}
