namespace Nura.Models;

/// <summary>An answer on its way that several wait for: one fetches it, the others get every piece as soon as it is here.</summary>
/// <remarks>Its memory is lent, for one answer after the other; an answer that somebody has followed keeps it, since nobody knows how long they read.</remarks>
public sealed class AnswerFlight : IDisposable
{
    /// <summary>Longer answers are neither kept nor joined.</summary>
    internal const int LongestKept = 1024 * 1024;

    /// <summary>A stream that never ends must not fill the memory, whoever follows it.</summary>
    private const int LongestFollowed = 32 * 1024 * 1024;

    private readonly CancellationTokenSource _abandoned = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource? _changed;
    private byte[] _bytes = [];
    private int _length;
    private CachedAnswer? _head;
    private decimal? _cost;
    private int _followers;
    private bool _isFollowed;
    private bool _isLeft;
    private bool _isClosed;
    private bool _hasEnded;
    private bool _isWhole;

    /// <summary>Cancelled when nobody waits for the answer any more.</summary>
    public CancellationToken Token => _abandoned.Token;

    /// <summary>US dollars that the answer cost, once it has ended; <see langword="null"/> if unknown.</summary>
    public decimal? Cost
    {
        get
        {
            lock (_lock)
            {
                return _cost;
            }
        }
    }

    /// <summary>The answer begins: its model and kind are known.</summary>
    /// <param name="model">Id of the model.</param>
    /// <param name="contentType">Of the body.</param>
    /// <param name="headers">Headers that belong to the answer.</param>
    /// <param name="cost">US dollars, if that is known already.</param>
    public void Begin(string model, string contentType, IReadOnlyList<KeyValuePair<string, string>>? headers = null, decimal? cost = null)
    {
        lock (_lock)
        {
            _head = new CachedAnswer(model, contentType, default, headers, cost);
            Signal();
        }
    }

    /// <summary>More has come.</summary>
    /// <param name="part">Bytes; copied.</param>
    public void Append(ReadOnlySpan<byte> part)
    {
        lock (_lock)
        {
            if (_length + part.Length > (_followers == 0 ? LongestKept : LongestFollowed))
            {
                Close();
            }

            if (!_isClosed)
            {
                Grow(_length + part.Length);
                part.CopyTo(_bytes.AsSpan(_length));
                _length += part.Length;
            }

            Signal();
        }
    }

    /// <summary>The one that fetches has lost its own caller; it goes on for the others.</summary>
    public void LeaderLeaves() => Leave(() => _isLeft = true);

    /// <summary>Stops following.</summary>
    public void Leave() => Leave(() => _followers--);

    /// <summary>Waits until the answer begins.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Model and kind, with an empty body; <see langword="null"/> if there will be no answer to share and everybody must fetch their own.</returns>
    public async ValueTask<CachedAnswer?> BeginningAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_head is not null || _hasEnded)
                {
                    return _head;
                }

                changed = (_changed ??= NewSignal()).Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits for what comes after a place.</summary>
    /// <param name="place">Bytes already taken.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The bytes, which stay as they are; empty at the end.</returns>
    /// <exception cref="ModelException">The answer is too long to be shared.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> AfterAsync(int place, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_isClosed)
                {
                    throw new ModelException($"The answer is longer than the {LongestFollowed} bytes that several callers can share. Ask again with 'cache-control: no-cache'.", 502, isRetryable: false);
                }

                if (_length > place || _hasEnded)
                {
                    // Growing moves the bytes to a new array and leaves the old one as it is.
                    return _bytes.AsMemory(place.._length);
                }

                changed = (_changed ??= NewSignal()).Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _abandoned.Dispose();

    /// <summary>Follows it. One that has ended whole and good can still be read, until the cache has it.</summary>
    internal bool TryJoin()
    {
        lock (_lock)
        {
            if (_isClosed || (_hasEnded && !_isWhole) || _abandoned.IsCancellationRequested)
            {
                return false;
            }

            _followers++;
            _isFollowed = true;
            return true;
        }
    }

    /// <summary>Ends it; a second end changes nothing.</summary>
    /// <param name="keep">Whether the answer is whole and good.</param>
    /// <param name="cost">US dollars; <see langword="null"/> if unknown.</param>
    /// <returns>The answer, if it can be kept; its body is valid until <see cref="Release"/>.</returns>
    internal CachedAnswer? End(bool keep, decimal? cost)
    {
        lock (_lock)
        {
            if (_hasEnded)
            {
                return null;
            }

            (_hasEnded, _isWhole) = (true, keep);
            _cost = cost;
            Signal();
            return keep && !_isClosed && _length <= LongestKept && _head is { } head ? head with { Cost = cost, Body = _bytes.AsMemory(0, _length) } : null;
        }
    }

    /// <summary>Nobody needs its bytes any more but those who follow. To be called after the end.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (!_isFollowed)
            {
                Close();
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Close()
    {
        var bytes = _bytes;
        (_isClosed, _bytes, _length) = (true, [], 0);
        GiveBack(bytes);
    }

    /// <summary>Whole answers come at once and get what they need; streams get more than they need, so that they seldom move.</summary>
    private void Grow(int needed)
    {
        if (needed > _bytes.Length)
        {
            var smaller = _bytes;
            _bytes = PassingBytes.Rent(Math.Max(needed, smaller.Length * 4));
            smaller.AsSpan(0, _length).CopyTo(_bytes);
            GiveBack(smaller);
        }
    }

    private void GiveBack(byte[] bytes)
    {
        if (!_isFollowed && bytes.Length > 0)
        {
            PassingBytes.Return(bytes);
        }
    }

    private void Leave(Action change)
    {
        lock (_lock)
        {
            change();
            if (_isLeft && _followers == 0 && !_hasEnded)
            {
                // Not disposed of before the end, which waits for this lock.
                _ = _abandoned.CancelAsync();
            }
        }
    }

    private void Signal()
    {
        _changed?.SetResult();
        _changed = null;
    }
}
