namespace Nura.Models;

/// <summary>Sends bodies in Bedrock's dialect on to Bedrock as they are, under Nura's own credentials, tries again when that fails, and accounts for the call.</summary>
public sealed class BedrockForwarder
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly ModelCatalog _catalog;
    private readonly BedrockHttp _bedrock;
    private readonly CallMeter _meter;
    private readonly Tries _tries;
    private readonly TimeProvider _time;

    internal BedrockForwarder(ModelCatalog catalog, BedrockHttp bedrock, CallMeter meter, Tries tries, TimeProvider time) =>
        (_catalog, _bedrock, _meter, _tries, _time) = (catalog, bedrock, meter, tries, time);

    /// <summary>Whether a model is on Bedrock, and can be called.</summary>
    /// <param name="model">A model of the catalog.</param>
    public bool CanForward(ModelInfo model) => model.Provider == BedrockChatClient.ProviderName && _catalog.IsUsable(model);

    /// <summary>Sends a request and waits until its answer begins.</summary>
    /// <param name="model">What to ask first; if the body is Converse's its fallbacks follow, up to the first that is not on Bedrock.</param>
    /// <param name="envelope">The request.</param>
    /// <param name="caller">On whose account.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The answer; to be disposed of by the caller, which ends the call.</returns>
    /// <exception cref="ModelException">Every target failed, or a budget is used up.</exception>
    public Task<BedrockForwarded> SendAsync(ModelInfo model, BedrockEnvelope envelope, Caller caller, CancellationToken cancellationToken) => _tries.FirstAsync(
        Targets(model, envelope),
        (Self: this, envelope, caller),
        static (it, target, token) => it.Self.OnceAsync(target, it.envelope, it.caller, token),
        s_pause,
        static _ => true,
        cancellationToken);

    private IEnumerable<ModelInfo> Targets(ModelInfo model, BedrockEnvelope envelope) =>
        envelope.IsConverse ? model.Fallbacks.Select(_catalog.Find).OfType<ModelInfo>().Where(_catalog.IsUsable).TakeWhile(CanForward).Prepend(model) : [model];

    private async ValueTask<BedrockForwarded> OnceAsync(ModelInfo model, BedrockEnvelope envelope, Caller caller, CancellationToken cancellationToken)
    {
        // Two bytes a token is an upper bound good enough to reserve.
        var isChat = model.Kind == ModelKind.Chat;
        var mostOutput = isChat ? TokenEstimate.MostOutput(model, envelope.MaxTokens) : 0;
        var call = await _meter.BeginAsync(model, caller, isChat ? Operations.Chat : Operations.Embeddings, (envelope.Body.Length / 2) + 1, mostOutput, cancellationToken);
        var patience = new Patience(_bedrock.Timeout, _time, cancellationToken);
        HttpResponseMessage? response = null;
        BedrockForwarded? forwarded = null;
        try
        {
            response = await _bedrock.PostAsync(model, envelope.Operation, envelope.Body, patience, envelope.Headers);
            forwarded = new BedrockForwarded(model, call, response, patience, envelope);
            await forwarded.BeginAsync();
            return forwarded;
        }
        catch (Exception exception)
        {
            if (exception is ModelException { Code: BedrockError.Ended })
            {
                _catalog.NoteEnded(model);
            }

            var failure = UpstreamFailure.Of(exception, model, patience);
            // Whoever gives up has paid for the prompt all the same.
            var givenUp = failure is null && exception is OperationCanceledException;
            await call.EndAsync(new TokenUsage { Input = givenUp ? envelope.Body.Length / 4 : 0 }, (failure ?? exception as ModelException)?.Status ?? MeteredCall.GivenUp, givenUp);
            if (forwarded is not null)
            {
                await forwarded.DisposeAsync();
            }
            else
            {
                response?.Dispose();
                patience.Dispose();
            }

            if (failure is not null)
            {
                throw failure;
            }

            throw;
        }
    }
}
