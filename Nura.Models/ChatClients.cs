using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>The chat client of each model.</summary>
public sealed class ChatClients
{
    private readonly ModelsOptions _options;
    private readonly UpstreamHttp _http;
    private readonly BedrockHttp _bedrock;
    private readonly ModelCatalog _catalog;
    private readonly TimeProvider _time;

    internal ChatClients(IOptions<ModelsOptions> options, UpstreamHttp http, BedrockHttp bedrock, ModelCatalog catalog, TimeProvider time)
    {
        _options = options.Value;
        _http = http;
        _bedrock = bedrock;
        _catalog = catalog;
        _time = time;
    }

    /// <summary>The client that talks to a model. Cheap; not to be disposed of.</summary>
    /// <param name="model">A model of the catalog that can be called here.</param>
    /// <exception cref="ModelException">Its provider is not configured; the message says how to configure it.</exception>
    public IChatClient For(ModelInfo model) => model.Provider switch
    {
        OfflineChatClient.ProviderName => new OfflineChatClient(_time),
        OpenAiChatClient.ProviderName when _options.Servers.TryGetValue(model.Server!, out var server) => new OpenAiChatClient(model, server, _http, _time),
        OpenAiChatClient.ProviderName => throw NotConfigured(model, $"{ModelsOptions.Section}:Servers:{model.Server}"),
        BedrockChatClient.ProviderName when _catalog.IsConfigured(model) => new BedrockChatClient(model, _bedrock, _catalog, _time),
        BedrockChatClient.ProviderName => throw NotConfigured(model, $"{ModelsOptions.Section}:Bedrock:Region"),
        _ => throw NotConfigured(model, $"{ModelsOptions.Section}:{model.Provider}"),
    };

    private static ModelException NotConfigured(ModelInfo model, string key) =>
        new($"The model '{model.Id}' cannot be called: its provider is not configured. Set {key}, or ask for another model.", 503, isRetryable: false) { Code = "model_not_configured" };
}
