namespace Nura.Models;

/// <summary>Answers in this process, at most so many bytes. All live equally long, so the oldest are always the first to go.</summary>
/// <remarks>
/// Their bytes lie one behind the other in a single array that is written round and round. As objects of their own they outlived a collection or two, which moved them, and then died by the thousand:
/// figures in bench/gateway/RESULTS.md.
/// </remarks>
internal sealed class NearAnswers(int mostBytes, TimeSpan life, TimeProvider time)
{
    /// <summary>What an entry takes besides its body, roughly: key, objects, table.</summary>
    private const int Overhead = 500;

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<Entry> _byAge = new();
    private readonly Lock _lock = new();
    private byte[] _ring = [];
    private int _next;
    private long _bytes;

    /// <summary>Bytes kept.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public CachedAnswer? Find(string key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry) || time.GetElapsedTime(entry.At) >= life)
            {
                return null;
            }

            // A copy: what lies in the ring is overwritten one day.
            var body = GC.AllocateUninitializedArray<byte>(entry.Length);
            _ring.AsSpan(entry.Start, entry.Length).CopyTo(body);
            return entry.Head with { Body = body };
        }
    }

    public void Keep(string key, CachedAnswer answer)
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

            MakeRoom(length);
            answer.Body.Span.CopyTo(_ring.AsSpan(_next));
            var entry = new Entry(key, answer with { Body = default }, _next, length, time.GetTimestamp());
            _next += length;
            _bytes += entry.Size;
            _entries[key] = entry;
            _byAge.Enqueue(entry);
        }
    }

    /// <summary>Drops what is too old, what is too much, and what lies where the next answer goes.</summary>
    private void MakeRoom(int length)
    {
        while (_byAge.TryPeek(out var oldest) && (time.GetElapsedTime(oldest.At) >= life || _bytes + length + Overhead > mostBytes))
        {
            DropOldest();
        }

        if (_byAge.Count == 0)
        {
            _next = 0;
        }
        else if (_next + length > _ring.Length)
        {
            while (_byAge.TryPeek(out var oldest) && oldest.Start >= _next)
            {
                DropOldest();
            }

            _next = 0;
        }

        while (_byAge.TryPeek(out var oldest) && oldest.Start >= _next && oldest.Start < _next + length)
        {
            DropOldest();
        }
    }

    private void DropOldest()
    {
        var oldest = _byAge.Dequeue();
        _bytes -= oldest.Size;
        if (_entries.TryGetValue(oldest.Key, out var current) && current == oldest)
        {
            // A newer answer to the same request stays.
            _entries.Remove(oldest.Key);
        }
    }

    private sealed class Entry(string key, CachedAnswer head, int start, int length, long at)
    {
        public string Key => key;

        /// <summary>Everything but the body.</summary>
        public CachedAnswer Head => head;

        public int Start => start;

        public int Length => length;

        public long At => at;

        public int Size => length + Overhead;
    }
}
