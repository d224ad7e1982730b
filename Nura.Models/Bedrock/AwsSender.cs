using System.Net.Http.Headers;

namespace Nura.Models;

/// <summary>Sends requests to a service of AWS, signed or with a bearer key.</summary>
/// <param name="http">The connections.</param>
/// <param name="time">Tells the time that is signed.</param>
/// <param name="signer">Signs for the service and region.</param>
/// <param name="keys">Keys to sign with.</param>
/// <param name="apiKey">Key to send as it is instead, if there is one.</param>
internal sealed class AwsSender(UpstreamHttp http, TimeProvider time, SigV4 signer, AwsKeys keys, string? apiKey = null)
{
    private static readonly MediaTypeHeaderValue s_json = new("application/json");

    /// <summary>Sends a request and waits for the head of its answer, whatever it says.</summary>
    /// <param name="request">Method, address and further headers.</param>
    /// <param name="body">JSON; empty for a request without body.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ModelException">There are no keys.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (!body.IsEmpty)
        {
            request.Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = s_json } };
        }

        if (apiKey is { Length: > 0 })
        {
            request.Headers.TryAddWithoutValidation("authorization", $"Bearer {apiKey}");
        }
        else
        {
            var credentials = await keys.GetAsync();
            signer.Sign(request, body.Span, credentials, time.GetUtcNow());
        }

        return await http.Invoker.SendAsync(request, cancellationToken);
    }
}
