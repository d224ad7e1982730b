namespace Nura.Models;

/// <summary>The bytes of an answer as they come. Servers write event by event; what lies here already is taken together, so that it also leaves together.</summary>
/// <param name="stream">What the bytes come from; its owner disposes of it, after this.</param>
internal sealed class Incoming(Stream stream) : IAsyncDisposable
{
    private byte[] _buffer = PassingBytes.Rent(16 * 1024);
    private int _start;
    private int _end;
    private CancellationTokenSource? _stop;
    private ValueTask<int>? _reading;
    private int _readingAt;

    /// <summary>What has come and was not taken; valid until the next call of <see cref="FillAsync"/> or <see cref="Cut"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(_start.._end);

    /// <summary>The first bytes are done with.</summary>
    /// <param name="count">How many.</param>
    public void Take(int count) => _start += count;

    /// <summary>Removes bytes from the midst.</summary>
    /// <param name="from">The first to go, as a place in <see cref="Bytes"/>.</param>
    /// <param name="to">The first to stay.</param>
    public void Cut(int from, int to)
    {
        _buffer.AsSpan((_start + to).._end).CopyTo(_buffer.AsSpan(_start + from));
        _end -= to - from;
    }

    /// <summary>Waits for bytes, and takes with them those that are here already.</summary>
    /// <param name="cancellationToken">Stops it; the same with each call.</param>
    /// <returns>Whether there are any; <see langword="false"/> at the end of the stream.</returns>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        _stop ??= CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (_reading is not { } reading)
        {
            MakeRoom();
            reading = ReadAsync();
        }

        _reading = null;
        var count = await reading;
        // A cut may have moved the end meanwhile.
        _buffer.AsSpan(_readingAt, count).CopyTo(_buffer.AsSpan(_end));
        _end += count;
        while (count > 0 && _end < _buffer.Length)
        {
            var next = ReadAsync();
            if (!next.IsCompletedSuccessfully)
            {
                // It has to wait, so the next call does.
                _reading = next;
                break;
            }

            var more = next.Result;
            if (more == 0)
            {
                _reading = new ValueTask<int>(0);
                break;
            }

            _end += more;
        }

        return count > 0;
    }

    public async ValueTask DisposeAsync()
    {
        if (_reading is { } reading)
        {
            // A stream must not be disposed of while it is read: it would read what is left as well, at the same time.
            await _stop!.CancelAsync();
            await ((Task)reading.AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _reading = null;
        }

        _stop?.Dispose();
        PassingBytes.Return(_buffer);
        _buffer = [];
        _start = _end = 0;
    }

    private ValueTask<int> ReadAsync()
    {
        _readingAt = _end;
        return stream.ReadAsync(_buffer.AsMemory(_end), _stop!.Token);
    }

    private void MakeRoom()
    {
        var waiting = _buffer.AsSpan(_start.._end);
        if (waiting.Length == _buffer.Length)
        {
            var larger = PassingBytes.Rent(_buffer.Length * 2);
            waiting.CopyTo(larger);
            PassingBytes.Return(_buffer);
            _buffer = larger;
        }
        else
        {
            waiting.CopyTo(_buffer);
        }

        (_start, _end) = (0, waiting.Length);
    }
}
