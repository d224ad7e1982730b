using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>The chat client of each model.</summary>
public sealed class ChatClients
{
    private readonly ModelsOptions _options;
    private readonly UpstreamHttp _http;
    private readonly BedrockHttp _bedrock;
    private readonly SageMakerHttp _sageMaker;
    private readonly ModelCatalog _catalog;
    private readonly CallMeter _meter;
    private readonly Tries _tries;
    private readonly TimeProvider _time;

    internal ChatClients(IOptions<ModelsOptions> options, UpstreamHttp http, BedrockHttp bedrock, SageMakerHttp sageMaker, ModelCatalog catalog, CallMeter meter, Tries tries, TimeProvider time)
    {
        _options = options.Value;
        _http = http;
        _bedrock = bedrock;
        _sageMaker = sageMaker;
        _catalog = catalog;
        _meter = meter;
        _tries = tries;
        _time = time;
    }

    /// <summary>The client that talks to a model: accounted for, tried again when it fails in passing, followed by the model's fallbacks. Cheap; not to be disposed of.</summary>
    /// <param name="model">A model of the catalog that can be called here.</param>
    /// <exception cref="ModelException">Its provider is not configured; the message says how to configure it.</exception>
    public IChatClient For(ModelInfo model) =>
        new ResilientChatClient([.. Fallbacks(model).Prepend(model).Select(target => (target, (IChatClient)new MeteredChatClient(Raw(target), target, _meter)))], _tries);

    /// <summary>What is left to ask when a model and the first of its fallbacks have failed.</summary>
    /// <param name="model">A model of the catalog.</param>
    /// <param name="asked">Holds for those that have been asked already.</param>
    /// <returns>The first that is left, followed by the others; <see langword="null"/> if there is none.</returns>
    public ModelInfo? Left(ModelInfo model, Func<ModelInfo, bool> asked) =>
        Fallbacks(model).SkipWhile(asked).ToList() is [var first, .. var others] ? first with { Fallbacks = others.ConvertAll(other => other.Id) } : null;

    private IEnumerable<ModelInfo> Fallbacks(ModelInfo model) =>
        model.Fallbacks.Select(_catalog.Find).OfType<ModelInfo>().Where(other => other.Kind == ModelKind.Chat && _catalog.IsUsable(other));

    private IChatClient Raw(ModelInfo model) => model.Provider switch
    {
        OfflineChatClient.ProviderName => new OfflineChatClient(_time, isAlone: !_catalog.Usable.Any(other => other is { Kind: ModelKind.Chat, Provider: not OfflineChatClient.ProviderName })),
        OpenAiChatClient.ProviderName when _options.Servers.TryGetValue(model.Server!, out var server) => new OpenAiChatClient(model, new ServerHttp(server, _http, _time), _time),
        OpenAiChatClient.ProviderName => throw NotConfigured(model, $"{ModelsOptions.Section}:Servers:{model.Server}"),
        SageMakerModels.ProviderName when _catalog.IsConfigured(model) => new OpenAiChatClient(model, _sageMaker, _time),
        SageMakerModels.ProviderName => throw NotConfigured(model, $"{ModelsOptions.Section}:SageMaker:Region and :Endpoints:{model.Server}"),
        BedrockChatClient.ProviderName when _catalog.IsConfigured(model) => new BedrockChatClient(model, _bedrock, _catalog, _time),
        BedrockChatClient.ProviderName => throw NotConfigured(model, $"{ModelsOptions.Section}:Bedrock:Region"),
        _ => throw NotConfigured(model, $"{ModelsOptions.Section}:{model.Provider}"),
    };

    private static ModelException NotConfigured(ModelInfo model, string key) =>
        new($"The model '{model.Id}' cannot be called: its provider is not configured. Set {key}, or ask for another model.", 503, isRetryable: false) { Code = "model_not_configured" };
}
