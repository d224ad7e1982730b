using System.Globalization;

namespace Nura.Models;

/// <summary>A budget as this process sees it.</summary>
internal sealed class BudgetAccount(string name, BudgetOptions options, GrantStore grants) : IDisposable
{
    private readonly SemaphoreSlim _asking = new(1);
    private readonly decimal _share = options.Limit / 100;
    private volatile Period? _current;
    private Period? _over;

    public string Name => name;

    public decimal Limit => options.Limit;

    public bool Concerns(Caller caller) => options.Concerns(caller);

    /// <summary>Puts an amount aside.</summary>
    /// <returns>The period it was taken from, or <see langword="null"/> if too little is left.</returns>
    /// <exception cref="ModelException">The database is needed and does not answer.</exception>
    public async ValueTask<Period?> TryReserveAsync(decimal amount, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!grants.IsHeld)
        {
            throw new ModelException(
                "The budget cannot be checked because the database has not answered for more than a minute. Try again in a moment.", 503, isRetryable: true) { Code = "budget_unavailable", IsNuras = true };
        }

        var period = Current(now);
        if (period.TryTake(amount))
        {
            return period;
        }

        // One asks for all: the grant it gets is usually enough for those who wait.
        await _asking.WaitAsync(cancellationToken);
        try
        {
            while (!period.TryTake(amount))
            {
                var least = period.Missing(amount);
                var part = new BudgetPart(name, period.Start, options.Period.EndAfter(period.Start), options.Limit, options.Scope, options.Id);
                // Not stopped by a caller who gives up: what the database grants meanwhile must be known here.
                var granted = await grants.TakeAsync(part, Math.Max(least, _share), least, CancellationToken.None);
                if (granted == 0)
                {
                    return null;
                }

                period.Grant(granted);
            }

            return period;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Gives back what is left of everything.</summary>
    public async Task GiveBackAsync(CancellationToken cancellationToken)
    {
        await GiveBackOverAsync(cancellationToken);
        if (_current is { } period)
        {
            await GiveBackAsync(period, cancellationToken);
        }
    }

    /// <summary>Gives back what is left beyond the usual share, so that other processes can spend it. What is put aside for calls stays.</summary>
    public async Task GiveBackRestAsync(CancellationToken cancellationToken)
    {
        // Whoever needs more meanwhile asks once the database has it.
        await _asking.WaitAsync(CancellationToken.None);
        try
        {
            if (_current is { } period && period.Returning(_share) is > 0 and var part && await grants.LowerAsync(name, period.Start, period.Granted, part, cancellationToken))
            {
                period.Returned();
            }
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Gives back what is left of a period that is over, so that its lease ends.</summary>
    public Task GiveBackOverAsync(CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _over, null) is { } over ? GiveBackAsync(over, cancellationToken) : Task.CompletedTask;

    /// <summary>The lease was lost: what it granted is no longer ours.</summary>
    public void Forget() => (_current, _over) = (null, null);

    public string NextPeriod(DateTimeOffset now) => options.Period switch
    {
        BudgetPeriod.Day => "tomorrow",
        BudgetPeriod.Month => string.Create(CultureInfo.InvariantCulture, $"on {options.Period.StartAt(now).AddMonths(1):yyyy-MM-dd}"),
        _ => "never",
    };

    public void Dispose() => _asking.Dispose();

    private Task GiveBackAsync(Period period, CancellationToken cancellationToken) =>
        period.IsReturning ? Task.CompletedTask : grants.GiveBackAsync(name, period.Start, period.TakeAll(), cancellationToken);

    private Period Current(DateTimeOffset now)
    {
        var start = options.Period.StartAt(now);
        var current = _current;
        if (current?.Start == start)
        {
            return current;
        }

        var fresh = new Period(start);
        if (Interlocked.CompareExchange(ref _current, fresh, current) != current)
        {
            return Current(now);
        }

        _over = current ?? _over;
        return fresh;
    }

    /// <summary>What this process has been granted in a period and not put aside.</summary>
    internal sealed class Period(DateOnly start)
    {
        private readonly Lock _lock = new();
        private decimal _left;
        private decimal _returning;

        public DateOnly Start => start;

        /// <summary>What the database has granted, less what has gone back or is on its way.</summary>
        public decimal Granted { get; private set; }

        /// <summary>Whether the database may still count as this process's what it no longer holds. If that stays so, only the end of the lease tells what is left.</summary>
        public bool IsReturning => _returning > 0;

        public bool TryTake(decimal amount)
        {
            lock (_lock)
            {
                var enough = _left >= amount;
                _left -= enough ? amount : 0;
                return enough;
            }
        }

        public decimal Missing(decimal amount)
        {
            lock (_lock)
            {
                return Math.Max(amount - _left, 0);
            }
        }

        public void Grant(decimal amount)
        {
            Granted += amount;
            Add(amount);
        }

        public decimal TakeAll()
        {
            lock (_lock)
            {
                var all = _left;
                _left = 0;
                return all;
            }
        }

        /// <summary>What is to go back: what could not before, or else all beyond an amount. Nothing is spent of it any more.</summary>
        public decimal Returning(decimal kept)
        {
            lock (_lock)
            {
                if (_returning == 0)
                {
                    _returning = Math.Max(_left - kept, 0);
                    _left -= _returning;
                    Granted -= _returning;
                }

                return _returning;
            }
        }

        /// <summary>It has gone back.</summary>
        public void Returned() => _returning = 0;

        /// <summary>A call that cost more than was put aside leaves a debt that later calls pay.</summary>
        public void Settle(decimal reserved, decimal cost) => Add(reserved - cost);

        private void Add(decimal amount)
        {
            lock (_lock)
            {
                _left += amount;
            }
        }
    }
}
