using Polly.CircuitBreaker;

namespace Nura.Models;

/// <summary>Sends bodies in Bedrock's dialect on to Bedrock as they are, under Nura's own credentials, tries again when that fails, and accounts for the call.</summary>
public sealed class BedrockForwarder
{
    private const int Attempts = 2;

    private readonly ModelCatalog _catalog;
    private readonly BedrockHttp _bedrock;
    private readonly CallMeter _meter;
    private readonly Breakers _breakers;
    private readonly TimeProvider _time;

    internal BedrockForwarder(ModelCatalog catalog, BedrockHttp bedrock, CallMeter meter, Breakers breakers, TimeProvider time) =>
        (_catalog, _bedrock, _meter, _breakers, _time) = (catalog, bedrock, meter, breakers, time);

    /// <summary>Whether a model is on Bedrock, and can be called.</summary>
    /// <param name="model">A model of the catalog.</param>
    public bool CanForward(ModelInfo model) => model.Provider == BedrockChatClient.ProviderName && _catalog.IsUsable(model);

    /// <summary>Sends a request and waits until its answer begins.</summary>
    /// <param name="model">What to ask first; its fallbacks on Bedrock follow if the body is Converse's.</param>
    /// <param name="envelope">The request.</param>
    /// <param name="caller">On whose account.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The answer; to be disposed of by the caller, which ends the call.</returns>
    /// <exception cref="ModelException">Every target failed, or a budget is used up.</exception>
    public async Task<BedrockForwarded> SendAsync(ModelInfo model, BedrockEnvelope envelope, Caller caller, CancellationToken cancellationToken)
    {
        ModelException? last = null;
        var others = envelope.IsConverse ? model.Fallbacks.Select(_catalog.Find).OfType<ModelInfo>().Where(CanForward) : [];
        foreach (var target in others.Prepend(model))
        {
            for (var attempt = 1; attempt <= Attempts; attempt++)
            {
                try
                {
                    return await _breakers.For(target).ExecuteAsync(
                        static (state, token) => state.Self.OnceAsync(state.target, state.envelope, state.caller, token), (Self: this, target, envelope, caller), cancellationToken);
                }
                catch (BrokenCircuitException exception)
                {
                    last = Breakers.Open(target, exception.RetryAfter, exception);
                    break;
                }
                catch (ModelException exception) when (exception.Code == BedrockError.Ended)
                {
                    _catalog.NoteEnded(target);
                    last = exception;
                    break;
                }
                catch (ModelException exception) when (exception.IsRetryable)
                {
                    last = exception;
                }

                if (attempt < Attempts && last.RetryAfter is null)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(100 + Random.Shared.Next(200)), _time, cancellationToken);
                }
                else
                {
                    break;
                }
            }
        }

        throw last!;
    }

    private async ValueTask<BedrockForwarded> OnceAsync(ModelInfo model, BedrockEnvelope envelope, Caller caller, CancellationToken cancellationToken)
    {
        // Two bytes a token is an upper bound good enough to reserve.
        var isChat = model.Kind == ModelKind.Chat;
        var mostOutput = isChat ? envelope.MaxTokens ?? (model.MaxOutput > 0 ? model.MaxOutput : ConverseRequest.UsualMaxTokens) : 0;
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
