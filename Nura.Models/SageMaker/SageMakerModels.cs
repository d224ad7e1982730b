namespace Nura.Models;

/// <summary>The configured endpoints as catalog entries. An entry of the catalog file for an endpoint says more, such as its price.</summary>
internal static class SageMakerModels
{
    public const string ProviderName = "sagemaker";

    public static IEnumerable<ModelInfo> Of(SageMakerOptions options, IReadOnlyCollection<ModelInfo> known) =>
        from endpoint in options.Endpoints.OrderBy(pair => pair.Key, StringComparer.Ordinal)
        where !known.Any(model => model.Provider == ProviderName && string.Equals(model.Server, endpoint.Key, StringComparison.OrdinalIgnoreCase))
        select Entry(endpoint.Key, endpoint.Value);

    private static ModelInfo Entry(string name, SageMakerEndpoint endpoint)
    {
        var chats = endpoint.Kind == ModelKind.Chat;
        return new ModelInfo
        {
            Id = name,
            Kind = endpoint.Kind,
            Provider = ProviderName,
            Server = name,
            Upstream = endpoint.Model,
            Context = endpoint.Context,
            MaxOutput = endpoint.MaxOutput,
            Dimensions = chats ? [] : [endpoint.Dimensions],
            Embeddings = chats ? null : endpoint.Embeddings,
            Capabilities = !chats ? [Capabilities.Embeddings]
                : endpoint.Tools ? [Capabilities.System, Capabilities.Streaming, Capabilities.Tools]
                : [Capabilities.System, Capabilities.Streaming],
        };
    }
}
