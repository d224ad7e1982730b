using System.Net;
using System.Net.Http.Json;

namespace Nura.Contracts;

/// <summary>A service of ours refused or failed a request; carries what it said in its problem details.</summary>
/// <param name="status">The HTTP status; 503 when the service could not be reached.</param>
/// <param name="title">What happened, in one sentence.</param>
/// <param name="detail">What to do about it, if known.</param>
/// <param name="innerException">What the transport reported, if it did.</param>
public sealed class ProblemException(int status, string title, string? detail = null, Exception? innerException = null)
    : Exception(detail is null ? title : $"{title} {detail}", innerException)
{
    /// <summary>The HTTP status that fits.</summary>
    public int Status { get; } = status;

    /// <summary>What happened.</summary>
    public string Title { get; } = title;

    /// <summary>What to do about it.</summary>
    public string? Detail { get; } = detail;

    /// <summary>Returns if the response is a success.</summary>
    /// <param name="response">An answer whose body has not been read.</param>
    /// <param name="service">The service's name for the message, such as <c>rag</c>.</param>
    /// <param name="cancellationToken">Stops reading the body.</param>
    /// <exception cref="ProblemException">The response is no success.</exception>
    public static async Task ThrowIfFailedAsync(HttpResponseMessage response, string service, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var status = (int)response.StatusCode;
        Body? body = null;
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json")
        {
            try
            {
                body = await response.Content.ReadFromJsonAsync(ContractsJson.TypeInfo<Body>(), cancellationToken);
            }
            catch (System.Text.Json.JsonException)
            {
                // The status alone has to do.
            }
        }

        throw new ProblemException(status, body?.Title ?? $"The {service} service answered {status}.", body?.Detail);
    }

    /// <summary>Sends, and turns an unreachable service into a 503.</summary>
    /// <param name="http">The client of the service.</param>
    /// <param name="request">What to send.</param>
    /// <param name="service">The service's name for the message.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>A successful response whose headers have been read.</returns>
    /// <exception cref="ProblemException">The service is unreachable or answered with an error.</exception>
    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient http, HttpRequestMessage request, string service, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(
                (int)HttpStatusCode.ServiceUnavailable, $"The {service} service cannot be reached.", "Try again in a few seconds.", exception);
        }

        try
        {
            await ThrowIfFailedAsync(response, service, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    internal sealed record Body(string? Title, string? Detail);
}
