namespace Nura.Models;

/// <summary>Accounts for calls of models: reserves budget before, settles it after, records usage, cost and telemetry.</summary>
public sealed class CallMeter
{
    /// <summary>Stands for the provider of answers that were given again.</summary>
    internal const string Cache = "cache";

    private readonly BudgetBook _budgets;
    private readonly UsageLog _log;
    private readonly Latencies _latencies;
    private readonly BedrockHttp _bedrock;
    private readonly TimeProvider _time;

    internal CallMeter(BudgetBook budgets, UsageLog log, Latencies latencies, BedrockHttp bedrock, TimeProvider time)
    {
        _budgets = budgets;
        _log = log;
        _latencies = latencies;
        _bedrock = bedrock;
        _time = time;
    }

    /// <summary>Whether any budget limits what a caller spends.</summary>
    internal bool IsLimited(Caller caller) => _budgets.Concerns(caller);

    /// <summary>Begins a call. Every call begun must be ended.</summary>
    /// <param name="model">The model to be called.</param>
    /// <param name="caller">On whose account.</param>
    /// <param name="operation">Name in telemetry, such as <c>chat</c> or <c>embeddings</c>.</param>
    /// <param name="mostInput">Tokens that the prompt may have at most.</param>
    /// <param name="mostOutput">Tokens that the answer may have at most.</param>
    /// <param name="cancellationToken">Stops waiting for a budget.</param>
    /// <exception cref="ModelException">A budget is used up, or usage cannot be recorded.</exception>
    public async ValueTask<MeteredCall> BeginAsync(ModelInfo model, Caller caller, string operation, long mostInput, long mostOutput, CancellationToken cancellationToken)
    {
        if (_log.IsFull)
        {
            throw new ModelException("Usage cannot be recorded: the database has not answered for so long that no more calls can wait for it. Try again when it is back.", 503, isRetryable: true) { Code = "usage_unavailable", IsNuras = true };
        }

        var now = _time.GetUtcNow();
        var price = Price.On(model, DateOnly.FromDateTime(now.UtcDateTime));
        var factor = model.Provider == BedrockChatClient.ProviderName ? _bedrock.PriceFactor(model) : 1m;
        var reservation = price is not null && _budgets.Concerns(caller)
            ? await _budgets.ReserveAsync(caller, Price.Cost(price, new TokenUsage { Input = mostInput, Output = mostOutput }, factor), now, cancellationToken)
            : null;
        return new MeteredCall(model, caller, operation, price, factor, reservation, now, _log, _latencies, _time);
    }

    /// <summary>Records an answer that came from the cache: it used no tokens and cost nothing.</summary>
    /// <param name="model">The model that once gave it.</param>
    /// <param name="caller">On whose account.</param>
    /// <param name="saved">US dollars that it once cost; <see langword="null"/> if unknown.</param>
    public ValueTask RecordCachedAsync(ModelInfo model, Caller caller, decimal? saved)
    {
        var now = _time.GetUtcNow();
        return _log.AddAsync(new UsageRow
        {
            Id = UsageRow.NewId(now),
            At = now,
            Model = model.Id,
            Provider = Cache,
            Caller = caller,
            Tokens = new TokenUsage(),
            IsEstimated = false,
            Cost = 0,
            Saved = saved,
            PriceVersion = null,
            Status = 200,
            ElapsedMs = 0,
            FirstTokenMs = null,
        });
    }
}
