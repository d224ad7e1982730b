using System.Diagnostics;

namespace Nura.Models;

/// <summary>A call under way.</summary>
public sealed class MeteredCall
{
    /// <summary>Status of a call that its caller gave up.</summary>
    public const int GivenUp = 499;

    private readonly ModelInfo _model;
    private readonly Caller _caller;
    private readonly string _operation;
    private readonly ModelPrice? _price;
    private readonly decimal _factor;
    private readonly Reservation? _reservation;
    private readonly DateTimeOffset _at;
    private readonly UsageLog _log;
    private readonly Latencies _latencies;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Activity? _activity;
    private double? _firstMs;
    private int _ended;

    internal MeteredCall(
        ModelInfo model, Caller caller, string operation, ModelPrice? price, decimal factor, Reservation? reservation, DateTimeOffset at, UsageLog log, Latencies latencies, TimeProvider time)
    {
        (_model, _caller, _operation, _price, _factor, _reservation, _at, _log, _latencies, _time) = (model, caller, operation, price, factor, reservation, at, log, latencies, time);
        Id = UsageRow.NewId(at);
        _started = time.GetTimestamp();
        _activity = ModelTelemetry.Instruments.Start(operation, model);
    }

    /// <summary>Identity of the call, and of its usage row.</summary>
    public Guid Id { get; }

    /// <summary>US dollars, once it has ended.</summary>
    public decimal Cost { get; private set; }

    /// <summary>US dollars, once it has ended; <see langword="null"/> if the model's price is unknown.</summary>
    internal decimal? CostIfPriced => _price is null ? null : Cost;

    /// <summary>The first piece of the answer is here.</summary>
    public void FirstPiece()
    {
        if (_firstMs is null)
        {
            var elapsed = _time.GetElapsedTime(_started);
            _firstMs = elapsed.TotalMilliseconds;
            _latencies.Record(_model.Id, elapsed);
            ModelTelemetry.Instruments.FirstPiece(_operation, _model, elapsed);
        }
    }

    /// <summary>Ends the call; a second end is ignored.</summary>
    /// <param name="tokens">What it used.</param>
    /// <param name="status">200, the failure's HTTP status, or <see cref="GivenUp"/>.</param>
    /// <param name="isEstimated">Whether the tokens are our estimate.</param>
    public ValueTask EndAsync(TokenUsage tokens, int status, bool isEstimated = false)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return ValueTask.CompletedTask;
        }

        Cost = _price is null ? 0 : Price.Cost(_price, tokens, _factor);
        _reservation?.Settle(Cost);
        var elapsed = _time.GetElapsedTime(_started);
        ModelTelemetry.Instruments.End(_activity, _operation, _model, tokens, status, elapsed, Cost);
        return _log.AddAsync(new UsageRow
        {
            Id = Id,
            At = _at,
            Model = _model.Id,
            Provider = _model.Provider,
            Caller = _caller,
            Tokens = tokens,
            IsEstimated = isEstimated,
            Cost = Cost,
            Saved = _price is null ? null : Price.Saved(_price, tokens, _factor),
            PriceVersion = _price is null ? null : Price.Version(_model, _price),
            Status = status,
            ElapsedMs = elapsed.TotalMilliseconds,
            FirstTokenMs = _firstMs,
            Lease = _reservation?.Lease,
        });
    }
}
