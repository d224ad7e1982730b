using System.Collections.Concurrent;

namespace Nura.Models;

/// <summary>Answers in this process, at most so many bytes. All live equally long, so the oldest are always the first to go.</summary>
internal sealed class NearAnswers(long mostBytes, TimeSpan life, TimeProvider time)
{
    /// <summary>What an entry takes besides its body, roughly: key, objects, table.</summary>
    private const int Overhead = 500;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, Entry Entry)> _byAge = new();
    private readonly Lock _lock = new();
    private long _bytes;

    /// <summary>Bytes kept.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public CachedAnswer? Find(string key) => _entries.TryGetValue(key, out var entry) && time.GetElapsedTime(entry.At) < life ? entry.Answer : null;

    public void Keep(string key, CachedAnswer answer)
    {
        var entry = new Entry(answer, time.GetTimestamp());
        lock (_lock)
        {
            _bytes += SizeOf(entry);
            _entries[key] = entry;
            _byAge.Enqueue((key, entry));
            while (_byAge.TryPeek(out var oldest) && (_bytes > mostBytes || time.GetElapsedTime(oldest.Entry.At) >= life))
            {
                _byAge.Dequeue();
                _bytes -= SizeOf(oldest.Entry);
                // A newer answer to the same request stays.
                _entries.TryRemove(KeyValuePair.Create(oldest.Key, oldest.Entry));
            }
        }
    }

    private static int SizeOf(Entry entry) => entry.Answer.Body.Length + Overhead;

    private sealed class Entry(CachedAnswer answer, long at)
    {
        public CachedAnswer Answer => answer;

        public long At => at;
    }
}
