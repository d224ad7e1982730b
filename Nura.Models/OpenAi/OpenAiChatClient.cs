using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Talks to any model that speaks OpenAI's chat completions, wherever it is.</summary>
internal sealed class OpenAiChatClient(ModelInfo model, IChatTransport transport, TimeProvider time) : IChatClient
{
    public const string ProviderName = "openai";

    /// <inheritdoc/>
    /// <exception cref="ModelException">The server could not be reached, refused, took too long or answered something else.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var patience = new Patience(transport.Timeout, time, cancellationToken);
        try
        {
            using var response = await SendAsync(messages, options, stream: false, patience);
            await using var body = await transport.ReadAsync(response, model, stream: false, patience.Token);
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
        using var patience = new Patience(transport.Timeout, time, cancellationToken);
        var reader = new OpenAiStreamReader(model);
        using var response = await GuardAsync(() => SendAsync(messages, options, stream: true, patience));
        await using var body = await GuardAsync(() => transport.ReadAsync(response, model, stream: true, patience.Token));
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
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(transport.Name, transport.Address, model.UpstreamName)
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
        catch (Exception exception) when (UpstreamFailure.IsGarbage(exception))
        {
            throw UpstreamFailure.Garbage(model, exception);
        }
    }

    private Task<HttpResponseMessage> SendAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream, Patience patience) =>
        transport.PostAsync(model, OpenAiRequest.Write(model, messages, options, stream), stream, patience);
}
