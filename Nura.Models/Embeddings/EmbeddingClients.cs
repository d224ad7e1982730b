namespace Nura.Models;

/// <summary>Turns texts into vectors by models on Bedrock, SageMaker and OpenAI-compatible servers, accounted for.</summary>
public sealed class EmbeddingClients
{
    private readonly ModelCatalog _catalog;
    private readonly BedrockEmbedder _bedrock;
    private readonly SageMakerEmbedder _sageMaker;
    private readonly ServerEmbedder _servers;
    private readonly CallMeter _meter;

    internal EmbeddingClients(ModelCatalog catalog, BedrockEmbedder bedrock, SageMakerEmbedder sageMaker, ServerEmbedder servers, CallMeter meter) =>
        (_catalog, _bedrock, _sageMaker, _servers, _meter) = (catalog, bedrock, sageMaker, servers, meter);

    /// <summary>Vectors of texts.</summary>
    /// <param name="model">A model of kind <see cref="ModelKind.Embedding"/>.</param>
    /// <param name="texts">1 to 2,048 texts.</param>
    /// <param name="dimensions">Length of the vectors; the model's own choice when absent.</param>
    /// <param name="use">What they are for.</param>
    /// <param name="caller">On whose account.</param>
    /// <param name="receipt">Where to note what it came to.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ModelException">The provider is not configured, could not be reached, refused or answered something else; or a budget is used up.</exception>
    public async Task<Embedded> EmbedAsync(
        ModelInfo model, IReadOnlyList<string> texts, int? dimensions, EmbeddingUse use, Caller caller, Receipt? receipt, CancellationToken cancellationToken)
    {
        if (model is { Provider: OpenAiChatClient.ProviderName, Kind: ModelKind.Embedding } && _catalog.IsUsable(model))
        {
            receipt?.Ask(model);
            return await _servers.EmbedAsync(model, texts, dimensions, caller, receipt, cancellationToken);
        }

        if (model is not { Provider: BedrockChatClient.ProviderName or SageMakerModels.ProviderName, Embeddings: { } wire } || !_catalog.IsUsable(model))
        {
            throw new ModelException($"The model '{model.Id}' cannot be called: set Nura:Models:Bedrock:Region, an endpoint below Nura:Models:SageMaker, or name an OpenAI-compatible server with EmbeddingModels.", 503, isRetryable: false) { Code = "model_not_configured" };
        }

        if (dimensions is { } asked && !model.Dimensions.Contains(asked))
        {
            throw new ModelException($"'{model.Id}' makes vectors of {string.Join(", ", model.Dimensions)} dimensions, not {asked}.", 400, isRetryable: false) { Code = "unsupported_value" };
        }

        receipt?.Ask(model);
        var call = await _meter.BeginAsync(model, caller, Operations.Embeddings, (texts.Sum(text => (long)text.Length) / 2) + texts.Count, 0, cancellationToken);
        var (status, tokens) = (MeteredCall.GivenUp, 0L);
        try
        {
            var embedded = model.Provider == SageMakerModels.ProviderName
                ? await _sageMaker.EmbedAsync(model, wire, texts, cancellationToken)
                : await _bedrock.EmbedAsync(model, wire, texts, dimensions, use, cancellationToken);
            (status, tokens) = (200, embedded.Tokens);
            return embedded;
        }
        catch (ModelException exception)
        {
            status = exception.Status;
            throw;
        }
        finally
        {
            await call.EndAsync(new TokenUsage { Input = tokens }, status);
            receipt?.Add(call);
        }
    }
}
