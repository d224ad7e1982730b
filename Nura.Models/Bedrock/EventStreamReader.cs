namespace Nura.Models;

/// <summary>Cuts a byte stream into event frames, wherever the network cut it.</summary>
internal sealed class EventStreamReader(Stream stream) : IAsyncDisposable
{
    private readonly Incoming _incoming = new(stream);

    /// <summary>The next frame, or <see langword="null"/> at the end of the stream.</summary>
    /// <param name="cancellationToken">Stops waiting; the same with each call.</param>
    /// <exception cref="InvalidDataException">A checksum is wrong, a frame is broken, or the stream ends inside one.</exception>
    public async ValueTask<EventFrame?> NextAsync(CancellationToken cancellationToken)
    {
        EventFrame frame;
        while (!TryNext(out frame))
        {
            if (!await _incoming.FillAsync(cancellationToken))
            {
                return _incoming.Bytes.IsEmpty ? null : throw new InvalidDataException("The stream ended inside an event.");
            }
        }

        return frame;
    }

    /// <summary>The next frame if it is here already.</summary>
    public bool TryNext(out EventFrame frame)
    {
        var bytes = _incoming.Bytes;
        var length = EventFrame.Length(bytes.Span);
        if (length == 0 || length > bytes.Length)
        {
            frame = default;
            return false;
        }

        frame = EventFrame.Parse(bytes[..length]);
        _incoming.Take(length);
        return true;
    }

    public ValueTask DisposeAsync() => _incoming.DisposeAsync();
}
