using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Talks to a model on Amazon Bedrock through Converse and ConverseStream.</summary>
internal sealed class BedrockChatClient(ModelInfo model, BedrockHttp bedrock, ModelCatalog catalog, TimeProvider time) : IChatClient
{
    public const string ProviderName = "bedrock";

    /// <inheritdoc/>
    /// <exception cref="ModelException">Bedrock could not be reached, refused, took too long or answered something else.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var patience = new Patience(bedrock.Timeout, time, cancellationToken);
        var names = new ToolNames();
        try
        {
            // Given back after the response: until then the connection may still be sending it.
            using var request = new PassingWriter();
            ConverseRequest.Write(request, model, messages, options, names, bedrock.ChoosesCachePoints);
            using var response = await bedrock.PostAsync(model, "converse", request.Written, patience);
            await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
            await using var incoming = new Incoming(body);
            while (await incoming.FillAsync(patience.Token))
            {
            }

            using var answer = JsonDocument.Parse(incoming.Bytes);
            return ConverseResponse.Read(answer.RootElement, model, names, RequestId(response), time.GetUtcNow());
        }
        catch (Exception exception) when (Failure(exception, patience) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">As for the whole answer; also when the stream breaks off or a checksum is wrong.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var patience = new Patience(bedrock.Timeout, time, cancellationToken);
        var names = new ToolNames();
        using var request = new PassingWriter();
        ConverseRequest.Write(request, model, messages, options, names, bedrock.ChoosesCachePoints);
        using var response = await GuardAsync(() => bedrock.PostAsync(model, "converse-stream", request.Written, patience));
        await using var body = await GuardAsync(() => response.Content.ReadAsStreamAsync(patience.Token));
        await using var frames = new EventStreamReader(body);
        var reader = new ConverseStreamReader(model, names, RequestId(response), time.GetUtcNow());
        while (await GuardAsync(() => reader.NextAsync(frames, patience)))
        {
            if (reader.Update is { } update)
            {
                // The caller may take its time; only the provider's is counted.
                patience.Pause();
                yield return update;
                patience.Renew();
            }
        }

        yield return await GuardAsync(() => Task.FromResult(reader.End()));

        async Task<T> GuardAsync<T>(Func<Task<T>> step)
        {
            try
            {
                return await step();
            }
            catch (Exception exception) when (Failure(exception, patience) is { } failure)
            {
                throw failure;
            }
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("aws.bedrock", new Uri(bedrock.Endpoint), model.UpstreamName)
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
    }

    private static string? RequestId(HttpResponseMessage response) => response.Headers.TryGetValues("x-amzn-requestid", out var ids) ? ids.First() : null;

    private ModelException? Failure(Exception exception, Patience patience)
    {
        if (exception is ModelException { Code: BedrockError.Ended })
        {
            catalog.NoteEnded(model);
        }

        return UpstreamFailure.Of(exception, model, patience);
    }
}
