using System.Text;

namespace Nura.Rag.Ranking;

/// <summary>Reads the parts of what <see cref="BlobTermsWriter"/> wrote.</summary>
/// <param name="bytes">All of it.</param>
internal ref struct TermBytes(ReadOnlySpan<byte> bytes)
{
    /// <summary>Most characters that <see cref="Name"/> puts into its buffer.</summary>
    public const int LongestName = 256;

    private ReadOnlySpan<byte> _left = bytes;

    /// <summary>Whether everything has been read.</summary>
    public readonly bool Ended => _left.IsEmpty;

    /// <summary>The next number.</summary>
    public int Number()
    {
        uint value = _left[0];
        if (value < 0x80)
        {
            _left = _left[1..];
            return (int)value;
        }

        value &= 0x7F;
        for (var (at, shift) = (1, 7); ; at++, shift += 7)
        {
            var next = _left[at];
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                _left = _left[(at + 1)..];
                return (int)value;
            }
        }
    }

    /// <summary>The next name.</summary>
    /// <param name="buffer">At least <see cref="LongestName"/> long; holds it unless it is longer.</param>
    public ReadOnlySpan<char> Name(char[] buffer)
    {
        var length = Number();
        var utf8 = _left[..length];
        _left = _left[length..];
        return length <= LongestName ? buffer.AsSpan(0, Encoding.UTF8.GetChars(utf8, buffer)) : Encoding.UTF8.GetString(utf8);
    }
}
