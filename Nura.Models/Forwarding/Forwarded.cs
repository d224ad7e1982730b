using System.Text.Json;

namespace Nura.Models;

/// <summary>An answer on its way from a server to the caller.</summary>
public sealed class Forwarded : IAsyncDisposable
{
    private static readonly byte[] s_cut = "data: {\"error\":{\"message\":\"The model's server ended its answer before it was complete.\",\"type\":\"server_error\",\"param\":null,\"code\":\"upstream_broken_off\"}}\n\n"u8.ToArray();

    private readonly MeteredCall _call;
    private readonly HttpResponseMessage _response;
    private readonly Patience _patience;
    private readonly Envelope _envelope;
    private readonly bool _hideUsage;
    private Stream _body = Stream.Null;
    private Incoming? _incoming;
    private long _relayed;
    private int _given;
    private bool _isComplete;
    private bool _toldError;
    private bool _ended;
    private bool _succeeded;
    private TokenUsage? _usage;
    private BegunStream? _begun;
    private Func<ModelInfo, Envelope, Task<Forwarded>>? _goOn;
    private Forwarded? _rest;
    private int _continuations;
    private decimal? _earlierCost = 0;
    private ModelException? _failure;

    internal Forwarded(ModelInfo model, MeteredCall call, HttpResponseMessage response, Patience patience, Envelope envelope)
    {
        (Model, _call, _response, _patience, _envelope) = (model, call, response, patience, envelope);
        // Usage that only we asked for is not shown to the caller.
        _hideUsage = envelope.Stream && !envelope.HasStreamOptions;
    }

    /// <summary>The model that answers.</summary>
    public ModelInfo Model { get; }

    /// <summary>The server's status: success, or a refusal that concerns the caller's request.</summary>
    public int Status => (int)_response.StatusCode;

    /// <summary>Whether the answer comes in events.</summary>
    public bool IsStream => _envelope.Stream && Status < 400;

    /// <summary>The server's content type.</summary>
    public string ContentType => ServerContentType.Of(_response);

    /// <summary>US dollars, continuations included; known once everything was relayed. <see langword="null"/> if a price is unknown.</summary>
    public decimal? Cost => _call.CostIfPriced + _earlierCost + (_rest is null ? 0 : _rest.Cost);

    /// <summary>Whether the whole answer came, without a failure.</summary>
    public bool Succeeded => _rest?.Succeeded ?? _succeeded;

    /// <summary>Identity of the call.</summary>
    public Guid Id => _call.Id;

    /// <summary>The call, for receipts.</summary>
    internal MeteredCall Call => _call;

    /// <summary>The whole answer; ends the call.</summary>
    /// <returns>The bytes; valid until this is disposed of.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> WholeAsync()
    {
        await EndAsync(Status);
        return _incoming!.Bytes;
    }

    /// <summary>The next complete events, as many as have come.</summary>
    /// <returns>Bytes to send on, valid until the next call; empty at the end.</returns>
    /// <remarks>
    /// A stream that breaks off after the beginning is taken up again where the catalog says that its model or a fallback can; otherwise the caller is told by an
    /// error event, as OpenAI does. An error that the server tells is passed on, and nothing is added to it: the call has failed, even if the stream then ends as others do.
    /// </remarks>
    public async ValueTask<ReadOnlyMemory<byte>> EventsAsync()
    {
        if (_rest is not null)
        {
            return await RestAsync(_rest);
        }

        Drop();
        while (true)
        {
            if (Complete() is { Length: > 0 } events)
            {
                _begun?.Note(events.Span);
                return events;
            }

            if (_ended)
            {
                return default;
            }

            ModelException? failure;
            try
            {
                if (await FillAsync())
                {
                    continue;
                }

                // What is left is the beginning of an event that never ended: of no use to anybody.
                failure = _isComplete ? null : UpstreamFailure.BrokenOff(Model);
            }
            catch (Exception exception) when (UpstreamFailure.Of(exception, Model, _patience) is { } found)
            {
                failure = found;
            }

            _ended = true;
            await EndAsync(_toldError ? 502 : failure?.Status ?? 200);
            return failure is null || _toldError ? default : await GoOnAsync(Model, failure);
        }
    }

    /// <summary>Ends the call if nothing has yet, as given up, and frees the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync(MeteredCall.GivenUp);
        if (_rest is not null)
        {
            await _rest.DisposeAsync();
        }

        if (_incoming is not null)
        {
            await _incoming.DisposeAsync();
        }

        await _body.DisposeAsync();
        _response.Dispose();
        _patience.Dispose();
    }

    /// <summary>Lets the answer be taken up again when it breaks off.</summary>
    /// <param name="goOn">Sends the request for the rest, given the model that broke off.</param>
    internal void GoOnBy(Func<ModelInfo, Envelope, Task<Forwarded>> goOn) => (_begun, _goOn) = (new BegunStream(_envelope), goOn);

    /// <summary>Waits for the first event, or the whole answer: until then another server can still take over unseen.</summary>
    /// <exception cref="ModelException">The server broke off, or its answer is an error.</exception>
    internal async Task BeginAsync()
    {
        _body = await _response.Content.ReadAsStreamAsync(_patience.Token);
        _incoming = new Incoming(_body);
        if (!IsStream)
        {
            _call.FirstPiece();
            while (await FillAsync())
            {
            }

            _usage = UsageScan.Of(_incoming.Bytes.Span);
            Check(_usage is null && Status < 400 ? EventScan.ErrorOf(_incoming.Bytes.Span) : null);
            return;
        }

        do
        {
            if (!await FillAsync())
            {
                throw UpstreamFailure.BrokenOff(Model);
            }
        }
        while (!HasBegun(_incoming.Bytes.Span));
        _call.FirstPiece();
    }

    private bool HasBegun(ReadOnlySpan<byte> bytes)
    {
        var begin = EventScan.ToFirstData(bytes[..EventScan.LastEnd(bytes)]);
        Check(EventScan.Error(begin));
        return !begin.IsEmpty;
    }

    private void Check(JsonElement? error)
    {
        if (error is not null)
        {
            throw OpenAiError.InStream(error.Value, Model);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> RestAsync(Forwarded rest)
    {
        if (_failure is not null)
        {
            return default;
        }

        var events = await rest.EventsAsync();
        return rest._failure is { } failure ? await GoOnAsync(rest.Model, failure)
            : events.IsEmpty ? events
            : _begun!.Joined(events.Span);
    }

    private async ValueTask<ReadOnlyMemory<byte>> GoOnAsync(ModelInfo brokeOff, ModelException failure)
    {
        if (_goOn is not null && failure.IsRetryable && _continuations++ < Tries.MostContinuations && _begun!.Rest() is { } request)
        {
            try
            {
                var rest = await _goOn(brokeOff, request);
                if (_rest is not null)
                {
                    _earlierCost += _rest.Cost;
                    await _rest.DisposeAsync();
                }

                _rest = rest;
                if (rest.IsStream)
                {
                    return await RestAsync(rest);
                }

                // Refused: the call ends with the server's status.
                await rest.WholeAsync();
            }
            catch (ModelException)
            {
                // The caller is told of the first failure.
            }
        }

        _failure = failure;
        return s_cut;
    }

    private void Drop()
    {
        _relayed += _given;
        _incoming!.Take(_given);
        _given = 0;
    }

    private ReadOnlyMemory<byte> Complete()
    {
        var bytes = _incoming!.Bytes.Span;
        var end = EventScan.LastEnd(bytes);
        if (end == 0)
        {
            return default;
        }

        _given = end;
        var events = bytes[..end];
        _isComplete = _isComplete || EventScan.IsEnd(events);
        _toldError = _toldError || EventScan.Error(events) is not null;
        var usage = EventScan.LastValue(events, "\"usage\""u8, (byte)'{');
        if (!usage.IsEmpty)
        {
            _usage = UsageScan.Read(usage) ?? _usage;
            if (_hideUsage)
            {
                CutEventAt(events.Length - usage.Length);
            }
        }

        return _incoming.Bytes[.._given];
    }

    /// <summary>Takes the event that brings usage alone out of those to be given.</summary>
    private void CutEventAt(int at)
    {
        var bytes = _incoming!.Bytes.Span;
        var from = EventScan.LastEnd(bytes[..at]);
        var to = at + EventScan.FirstEnd(bytes[at.._given]);
        if (to == at || !EventScan.HasNoChoices(bytes[from..to]))
        {
            return;
        }

        _incoming.Cut(from, to);
        _given -= to - from;
    }

    private async ValueTask<bool> FillAsync()
    {
        var any = await _incoming!.FillAsync(_patience.Token);
        _patience.Renew();
        return any;
    }

    private ValueTask EndAsync(int status)
    {
        _succeeded |= status == 200;
        // What was read before a hang-up and what was sent before a failure is paid for; without figures it is estimated.
        var tokens = _usage ?? (status is >= 400 and not MeteredCall.GivenUp && _relayed == 0 ? new TokenUsage() : new TokenUsage { Input = _envelope.Length / 4, Output = _relayed / 200 });
        return _call.EndAsync(tokens, status, _usage is null);
    }
}
