using System.Text.Json;
using Nura.Api.Errors;
using Nura.Models;

namespace Nura.Api.Gateway;

/// <summary>A request's body, read once into lent memory.</summary>
internal sealed class RequestBytes : IDisposable
{
    private const int SmallBody = 16 * 1024;

    private readonly PassingWriter _bytes;

    private RequestBytes(int capacity) => _bytes = new PassingWriter(capacity);

    /// <summary>The bytes; valid until this is disposed of.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.Written;

    /// <summary>Reads the whole body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="asItComes">Whether memory is taken only for what has come: somebody unknown may announce much and send nothing.</param>
    public static async ValueTask<RequestBytes> ReadAsync(HttpRequest request, bool asItComes = false)
    {
        // One byte more than announced, so that the end is seen without growing.
        var body = new RequestBytes(asItComes ? SmallBody : (int)Math.Min(request.ContentLength + 1 ?? SmallBody, Array.MaxLength));
        try
        {
            while (await request.Body.ReadAsync(body._bytes.GetMemory(), request.HttpContext.RequestAborted) is > 0 and var count)
            {
                body._bytes.Advance(count);
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>The bytes as a body of OpenAI's dialect; valid until this is disposed of.</summary>
    /// <exception cref="RequestException">They are no JSON object.</exception>
    public Envelope ToEnvelope()
    {
        try
        {
            return Envelope.Read(Memory);
        }
        catch (JsonException exception)
        {
            throw RequestException.BadJson(exception);
        }
    }

    public void Dispose() => _bytes.Dispose();
}
