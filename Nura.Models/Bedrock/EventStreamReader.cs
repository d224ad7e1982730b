using System.Buffers;

namespace Nura.Models;

/// <summary>Cuts a byte stream into event frames, wherever the network cut it.</summary>
internal sealed class EventStreamReader(Stream stream) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
    private int _start;
    private int _end;

    /// <summary>The next frame, or <see langword="null"/> at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">A checksum is wrong, a frame is broken, or the stream ends inside one.</exception>
    public async ValueTask<EventFrame?> NextAsync(CancellationToken cancellationToken)
    {
        EventFrame frame;
        while (!TryNext(out frame))
        {
            if (!await FillAsync(cancellationToken))
            {
                return _end == _start ? null : throw new InvalidDataException("The stream ended inside an event.");
            }
        }

        return frame;
    }

    /// <summary>The next frame if it is here already.</summary>
    public bool TryNext(out EventFrame frame)
    {
        var length = EventFrame.Length(_buffer.AsSpan(_start, _end - _start));
        if (length == 0 || length > _end - _start)
        {
            MakeRoom(length);
            frame = default;
            return false;
        }

        frame = EventFrame.Parse(_buffer.AsMemory(_start, length));
        _start += length;
        return true;
    }

    /// <summary>Waits for bytes.</summary>
    /// <returns>Whether there are any; <see langword="false"/> at the end of the stream.</returns>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += count;
        return count > 0;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void MakeRoom(int length)
    {
        var waiting = _end - _start;
        if (Math.Max(length, waiting + 1) > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, _buffer.Length * 2));
            _buffer.AsSpan(_start, waiting).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        else
        {
            _buffer.AsSpan(_start, waiting).CopyTo(_buffer);
        }

        (_start, _end) = (0, waiting);
    }
}
