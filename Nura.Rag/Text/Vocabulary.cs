namespace Nura.Rag.Text;

/// <summary>Numbers terms in the order they come. Many may read while nobody adds.</summary>
/// <remarks>
/// A hash table with open addressing in a few flat arrays. Big repositories have a million terms: as objects of their own each collection of
/// the heap moved the new ones and looked at the others.
/// </remarks>
internal sealed class Vocabulary
{
    private const int FewestSlots = 64;

    // The hash of a term above its number, which is counted from 1 here: 0 is a free slot. As many as a power of two, at most two thirds in use.
    private ulong[] _slots;
    private int[] _ends;
    private char[] _text;

    /// <summary>An empty one.</summary>
    public Vocabulary()
    {
        (_slots, _ends, _text) = (new ulong[FewestSlots], new int[FewestSlots], new char[FewestSlots * 8]);
        Lineage = new object();
    }

    /// <summary>A copy, which numbers what it knows the same.</summary>
    public Vocabulary(Vocabulary other)
    {
        (_slots, _ends, _text) = ([.. other._slots], [.. other._ends], [.. other._text]);
        Count = other.Count;
        Lineage = other.Lineage;
    }

    /// <summary>The same for all copies of one, copies of copies included.</summary>
    public object Lineage { get; }

    /// <summary>How many terms there are; their numbers are below this.</summary>
    public int Count { get; private set; }

    /// <summary>The term of a number.</summary>
    public string this[int id] => Text(id).ToString();

    /// <summary>The characters of a term, until another is added.</summary>
    public ReadOnlySpan<char> Text(int id) => _text.AsSpan(Start(id), _ends[id] - Start(id));

    /// <summary>The number of a term, given to it now if it has none.</summary>
    public int Add(ReadOnlySpan<char> term)
    {
        var hash = (uint)string.GetHashCode(term);
        var slot = Slot(term, hash);
        if (_slots[slot] != 0)
        {
            return Number(_slots[slot]);
        }

        var end = Start(Count) + term.Length;
        if (end > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(end, _text.Length * 2));
        }

        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, Count * 2);
        }

        term.CopyTo(_text.AsSpan(Start(Count)));
        _ends[Count] = end;
        _slots[slot] = ((ulong)hash << 32) | (uint)(Count + 1);
        Count++;
        if (Count > _slots.Length / 3 * 2)
        {
            Widen();
        }

        return Count - 1;
    }

    /// <summary>Adds all terms of another one.</summary>
    /// <returns>By a term's number there its number here.</returns>
    public int[] Add(Vocabulary other)
    {
        var numbers = new int[other.Count];
        for (var term = 0; term < numbers.Length; term++)
        {
            numbers[term] = Add(other.Text(term));
        }

        return numbers;
    }

    /// <summary>The number of a term, or -1.</summary>
    public int Find(ReadOnlySpan<char> term) => _slots[Slot(term, (uint)string.GetHashCode(term))] is not 0 and var found ? Number(found) : -1;

    private static int Number(ulong slot) => (int)(uint)slot - 1;

    private int Start(int id) => id == 0 ? 0 : _ends[id - 1];

    // The term's own, or the free one where it belongs.
    private uint Slot(ReadOnlySpan<char> term, uint hash)
    {
        var mask = (uint)_slots.Length - 1;
        var slot = hash & mask;
        while (_slots[slot] is not 0 and var taken && ((uint)(taken >> 32) != hash || !Text(Number(taken)).SequenceEqual(term)))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Widen()
    {
        var narrow = _slots;
        _slots = new ulong[narrow.Length * 2];
        var mask = (uint)_slots.Length - 1;
        foreach (var taken in narrow)
        {
            if (taken != 0)
            {
                var slot = (uint)(taken >> 32) & mask;
                while (_slots[slot] != 0)
                {
                    slot = (slot + 1) & mask;
                }

                _slots[slot] = taken;
            }
        }
    }
}
