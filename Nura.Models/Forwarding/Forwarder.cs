using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Sends OpenAI bodies on to OpenAI-compatible servers as they are, tries again and elsewhere when that fails, and accounts for the call.</summary>
public sealed class Forwarder
{
    private static readonly MediaTypeHeaderValue s_json = new("application/json");
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private readonly ModelCatalog _catalog;
    private readonly ModelsOptions _options;
    private readonly UpstreamHttp _http;
    private readonly CallMeter _meter;
    private readonly Tries _tries;
    private readonly TimeProvider _time;

    internal Forwarder(ModelCatalog catalog, IOptions<ModelsOptions> options, UpstreamHttp http, CallMeter meter, Tries tries, TimeProvider time)
    {
        _catalog = catalog;
        _options = options.Value;
        _http = http;
        _meter = meter;
        _tries = tries;
        _time = time;
    }

    /// <summary>Whether a model's server speaks the dialect itself, so that bodies can be forwarded.</summary>
    /// <param name="model">A model of the catalog.</param>
    public bool CanForward(ModelInfo model) => model.Provider == OpenAiChatClient.ProviderName && _catalog.IsUsable(model) && _options.Servers[model.Server!].Forward;

    /// <summary>Sends a request and waits until its answer begins.</summary>
    /// <param name="model">What to ask first; its fallbacks follow, up to the first whose server does not speak the dialect.</param>
    /// <param name="operation"><c>chat</c> or <c>embeddings</c>.</param>
    /// <param name="envelope">The request.</param>
    /// <param name="caller">On whose account.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The answer; to be disposed of by the caller, which ends the call.</returns>
    /// <exception cref="ModelException">Every target failed, or a budget is used up.</exception>
    public Task<Forwarded> SendAsync(ModelInfo model, string operation, Envelope envelope, Caller caller, CancellationToken cancellationToken) =>
        operation == Operations.Chat && envelope.Stream && (model.Can(Capabilities.Prefill) || (model.Fallbacks.Count > 0 && Targets(model).Any(target => target.Can(Capabilities.Prefill))))
            ? SendAbleAsync(model, envelope, caller, cancellationToken)
            : FirstAsync(Targets(model), operation, envelope, caller, cancellationToken);

    // A stream that can be taken up again by the model itself or by those that were to follow.
    private async Task<Forwarded> SendAbleAsync(ModelInfo model, Envelope envelope, Caller caller, CancellationToken cancellationToken)
    {
        // The same from first to last, though the catalog may be reloaded meanwhile.
        List<ModelInfo> targets = [.. Targets(model)];
        IEnumerable<ModelInfo> AbleFrom(ModelInfo answering) => targets.SkipWhile(target => target != answering).Where(target => target.Can(Capabilities.Prefill));
        var answer = await FirstAsync(targets, Operations.Chat, envelope, caller, cancellationToken);
        if (AbleFrom(answer.Model).Any())
        {
            answer.GoOnBy((brokeOff, rest) => FirstAsync(AbleFrom(brokeOff), Operations.Chat, rest, caller, cancellationToken));
        }

        return answer;
    }

    private Task<Forwarded> FirstAsync(IEnumerable<ModelInfo> targets, string operation, Envelope envelope, Caller caller, CancellationToken cancellationToken) => _tries.FirstAsync(
        targets,
        (Self: this, operation, envelope, caller),
        static (it, target, token) => it.Self.OnceAsync(target, it.operation, it.envelope, it.caller, token),
        s_pause,
        // With somebody else to ask, nobody waits.
        static target => target.Fallbacks.Count == 0,
        cancellationToken);

    private IEnumerable<ModelInfo> Targets(ModelInfo model) =>
        model.Fallbacks.Count == 0 ? [model] : [model, .. model.Fallbacks.Select(_catalog.Find).OfType<ModelInfo>().Where(_catalog.IsUsable).TakeWhile(CanForward)];

    private async ValueTask<Forwarded> OnceAsync(ModelInfo model, string operation, Envelope envelope, Caller caller, CancellationToken cancellationToken)
    {
        var server = _options.Servers[model.Server!];
        // Two bytes a token is an upper bound good enough to reserve.
        var mostOutput = operation == Operations.Chat ? TokenEstimate.MostOutput(model, envelope.MaxTokens, envelope.Answers) : 0;
        var call = await _meter.BeginAsync(model, caller, operation, (envelope.Length / 2) + 1, mostOutput, cancellationToken);
        var patience = new Patience(TimeSpan.FromSeconds(server.TimeoutSeconds), _time, cancellationToken);
        HttpResponseMessage? response = null;
        Forwarded? forwarded = null;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, server.Address(operation))
            {
                Content = new ReadOnlyMemoryContent(envelope.For(model.UpstreamName)) { Headers = { ContentType = s_json } },
            };
            if (server.ApiKey is { Length: > 0 } key)
            {
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
            }

            response = await _http.Invoker.SendAsync(request, patience.Token);
            patience.Renew();
            var status = (int)response.StatusCode;
            if (status is 401 or 403 or 408 or 429 or >= 500)
            {
                throw await OpenAiError.ReadAsync(response, model, _time, patience.Token);
            }

            forwarded = new Forwarded(model, call, response, patience, envelope);
            await forwarded.BeginAsync();
            return forwarded;
        }
        catch (Exception exception)
        {
            var failure = UpstreamFailure.Of(exception, model, patience);
            // Whoever gives up has paid for the prompt all the same.
            var givenUp = failure is null && exception is OperationCanceledException;
            await call.EndAsync(new TokenUsage { Input = givenUp ? envelope.Length / 4 : 0 }, (failure ?? exception as ModelException)?.Status ?? MeteredCall.GivenUp, givenUp);
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
