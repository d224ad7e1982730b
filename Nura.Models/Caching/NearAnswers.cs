namespace Nura.Models;

/// <summary>Answers in this process, at most so many bytes. All live equally long, so the oldest are always the first to go.</summary>
/// <remarks>
/// Their bytes lie one behind the other in a single array that is written round and round, and what is known of them in tables of values. As objects of their own they outlived a collection or two,
/// which moved them, and then died by the thousand: figures in bench/gateway/RESULTS.md.
/// </remarks>
internal sealed class NearAnswers(int mostBytes, TimeSpan life, TimeProvider time)
{
    /// <summary>What an entry takes besides its body, roughly: its places in both tables.</summary>
    private const int Overhead = 300;

    private readonly Dictionary<AnswerKey, Entry> _entries = [];
    private readonly Queue<(AnswerKey Key, Place Place)> _byAge = new();
    private readonly Lock _lock = new();
    private byte[] _ring = [];
    private int _next;
    private long _kept;
    private long _bytes;

    /// <summary>Bytes kept.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Answers that were ever kept: as long as it stays the same, nothing new can be found.</summary>
    public long Kept => Interlocked.Read(ref _kept);

    public CachedAnswer? Find(AnswerKey key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry) || time.GetElapsedTime(entry.Place.At) >= life)
            {
                return null;
            }

            // A copy: what lies in the ring is overwritten one day.
            var body = GC.AllocateUninitializedArray<byte>(entry.Place.Length);
            _ring.AsSpan(entry.Place.Start, entry.Place.Length).CopyTo(body);
            return entry.Head with { Body = body };
        }
    }

    public void Keep(AnswerKey key, in CachedAnswer answer)
    {
        var length = answer.Body.Length;
        if (length + Overhead > mostBytes)
        {
            return;
        }

        lock (_lock)
        {
            if (_ring.Length == 0)
            {
                // The system gives the memory page by page, as it is written.
                _ring = GC.AllocateUninitializedArray<byte>(mostBytes);
            }

            var now = time.GetTimestamp();
            MakeRoom(length, now);
            answer.Body.Span.CopyTo(_ring.AsSpan(_next));
            var place = new Place(++_kept, _next, length, now);
            _next += length;
            _bytes += place.Size;
            _entries[key] = new Entry(answer with { Body = default }, place);
            _byAge.Enqueue((key, place));
        }
    }

    /// <summary>Drops what is too old, what is too much, and what lies where the next answer goes.</summary>
    private void MakeRoom(int length, long now)
    {
        while (_byAge.TryPeek(out var oldest) && (time.GetElapsedTime(oldest.Place.At, now) >= life || _bytes + length + Overhead > mostBytes))
        {
            DropOldest();
        }

        if (_byAge.Count == 0)
        {
            _next = 0;
        }
        else if (_next + length > _ring.Length)
        {
            while (_byAge.TryPeek(out var oldest) && oldest.Place.Start >= _next)
            {
                DropOldest();
            }

            _next = 0;
        }

        while (_byAge.TryPeek(out var oldest) && oldest.Place.Start >= _next && oldest.Place.Start < _next + length)
        {
            DropOldest();
        }
    }

    private void DropOldest()
    {
        var (key, place) = _byAge.Dequeue();
        _bytes -= place.Size;
        if (_entries.TryGetValue(key, out var current) && current.Place.Number == place.Number)
        {
            // A newer answer to the same request stays.
            _entries.Remove(key);
        }
    }

    /// <param name="Head">Everything but the body.</param>
    /// <param name="Place">Where that is.</param>
    private readonly record struct Entry(CachedAnswer Head, Place Place);

    private readonly record struct Place(long Number, int Start, int Length, long At)
    {
        public int Size => Length + Overhead;
    }
}
