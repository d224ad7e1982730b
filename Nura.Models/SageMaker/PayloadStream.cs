namespace Nura.Models;

/// <summary>The bytes that a container streams, taken out of the events that SageMaker cuts them into: at any place, also inside a line or a letter.</summary>
internal sealed class PayloadStream(Stream body, ModelInfo model) : Stream
{
    private readonly EventStreamReader _frames = new(body);
    private ReadOnlyMemory<byte> _rest;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="ModelException">The stream ends with an exception.</exception>
    /// <exception cref="InvalidDataException">An event is broken.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            if (await _frames.NextAsync(cancellationToken) is not { } frame)
            {
                return 0;
            }

            if (frame.MessageType != "event")
            {
                throw SageMakerError.InStream(frame, model);
            }

            _rest = frame.Type == "PayloadPart" ? frame.Payload : default;
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _frames.DisposeAsync();
        await body.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
