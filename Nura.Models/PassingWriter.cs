using System.Buffers;

namespace Nura.Models;

/// <summary>Memory to write into that grows, lent by <see cref="PassingBytes"/>. For one thread.</summary>
/// <param name="capacity">Bytes that it begins with, at least 1.</param>
public sealed class PassingWriter(int capacity = 4096) : IBufferWriter<byte>, IDisposable
{
    private byte[] _buffer = PassingBytes.Rent(capacity);
    private int _length;

    /// <summary>What was written; valid until more is written, or this is cleared or disposed of.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>Begins anew in the same memory.</summary>
    public void Clear() => _length = 0;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_buffer.Length - _length), nameof(count));
        _length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_length);
    }

    /// <summary>Gives the memory back. What was written is gone.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            PassingBytes.Return(_buffer);
        }

        (_buffer, _length) = ([], 0);
    }

    private void MakeRoom(int sizeHint)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        var needed = checked(_length + Math.Max(sizeHint, 1));
        if (needed > _buffer.Length)
        {
            var larger = PassingBytes.Rent(Math.Max(needed, (int)Math.Min(_buffer.Length * 2L, Array.MaxLength)));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            PassingBytes.Return(_buffer);
            _buffer = larger;
        }
    }
}
