using System.Net.Http.Headers;

namespace Nura.Models;

/// <summary>Sends requests to an OpenAI-compatible server.</summary>
internal sealed class ServerHttp(ServerOptions server, UpstreamHttp http, TimeProvider time) : IChatTransport
{
    public string Name => OpenAiChatClient.ProviderName;

    public Uri Address => new(server.BaseUrl);

    public TimeSpan Timeout => TimeSpan.FromSeconds(server.TimeoutSeconds);

    public async Task<HttpResponseMessage> PostAsync(ModelInfo model, ReadOnlyMemory<byte> body, bool stream, Patience patience)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Address(Operations.Chat))
        {
            Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new("application/json") } },
        };
        request.Headers.Accept.Add(new(stream ? "text/event-stream" : "application/json"));
        if (server.ApiKey is { Length: > 0 } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        var response = await http.Invoker.SendAsync(request, patience.Token);
        patience.Renew();
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await OpenAiError.ReadAsync(response, model, time, patience.Token);
        }
    }

    public Task<Stream> ReadAsync(HttpResponseMessage response, ModelInfo model, bool stream, CancellationToken cancellationToken) => response.Content.ReadAsStreamAsync(cancellationToken);
}
