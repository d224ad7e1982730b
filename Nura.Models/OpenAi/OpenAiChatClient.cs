using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Talks to any server that speaks OpenAI's chat completions.</summary>
internal sealed class OpenAiChatClient(ModelInfo model, ServerOptions server, UpstreamHttp http, TimeProvider time) : IChatClient
{
    public const string ProviderName = "openai";

    private readonly Uri _address = server.Address(Operations.Chat);

    /// <inheritdoc/>
    /// <exception cref="ModelException">The server could not be reached, refused, took too long or answered something else.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var patience = new Patience(TimeSpan.FromSeconds(server.TimeoutSeconds), time, cancellationToken);
        try
        {
            using var response = await SendAsync(messages, options, stream: false, patience);
            await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
            using var answer = await JsonDocument.ParseAsync(body, cancellationToken: patience.Token);
            return OpenAiResponse.Read(answer.RootElement, model);
        }
        catch (Exception exception) when (UpstreamFailure.Of(exception, model, patience) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">As for the whole answer; also when the stream breaks off before its end.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var patience = new Patience(TimeSpan.FromSeconds(server.TimeoutSeconds), time, cancellationToken);
        var reader = new OpenAiStreamReader(model);
        using var response = await GuardAsync(() => SendAsync(messages, options, stream: true, patience));
        await using var body = await GuardAsync(() => response.Content.ReadAsStreamAsync(patience.Token));
        await using var events = SseParser.Create(body).EnumerateAsync(patience.Token).GetAsyncEnumerator(patience.Token);

        while (await GuardAsync(() => events.MoveNextAsync().AsTask()))
        {
            patience.Renew();
            if (events.Current.Data is "[DONE]")
            {
                break;
            }

            if (Parse(() => reader.Read(events.Current.Data)) is { } update)
            {
                // The caller may take its time; only the server's is counted.
                patience.Pause();
                yield return update;
                patience.Renew();
            }
        }

        if (Parse(reader.End) is { } last)
        {
            yield return last;
        }

        async Task<T> GuardAsync<T>(Func<Task<T>> step)
        {
            try
            {
                return await step();
            }
            catch (Exception exception) when (UpstreamFailure.Of(exception, model, patience) is { } failure)
            {
                throw failure;
            }
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(ProviderName, new Uri(server.BaseUrl), model.UpstreamName)
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
    }

    private T Parse<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (JsonException exception)
        {
            throw UpstreamFailure.Garbage(model, exception);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream, Patience patience)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = new ByteArrayContent(OpenAiRequest.Write(model, messages, options, stream)) { Headers = { ContentType = new("application/json") } },
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
}
