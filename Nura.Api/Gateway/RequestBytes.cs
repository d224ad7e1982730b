using Nura.Models;

namespace Nura.Api.Gateway;

/// <summary>A request's body, read once into a pooled buffer.</summary>
internal sealed class RequestBytes : IDisposable
{
    private const int SmallBody = 16 * 1024;

    private byte[] _buffer;
    private int _length;

    private RequestBytes(int capacity) => _buffer = PassingBytes.Rent(capacity);

    /// <summary>The bytes; valid until this is disposed of.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    public static async ValueTask<RequestBytes> ReadAsync(HttpRequest request)
    {
        // One byte more than announced, so that the end is seen without growing.
        var bytes = new RequestBytes((int)Math.Min(request.ContentLength + 1 ?? SmallBody, Array.MaxLength));
        try
        {
            while (true)
            {
                if (bytes._length == bytes._buffer.Length)
                {
                    bytes.Grow();
                }

                var count = await request.Body.ReadAsync(bytes._buffer.AsMemory(bytes._length), request.HttpContext.RequestAborted);
                if (count == 0)
                {
                    return bytes;
                }

                bytes._length += count;
            }
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        PassingBytes.Return(_buffer);
        _buffer = [];
    }

    private void Grow()
    {
        var larger = PassingBytes.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        PassingBytes.Return(_buffer);
        _buffer = larger;
    }
}
