namespace Nura.Models;

/// <summary>Carries bodies in OpenAI's chat dialect to where a model is, and its answers back.</summary>
internal interface IChatTransport
{
    /// <summary>Name of the provider in telemetry.</summary>
    string Name { get; }

    /// <summary>Where it leads to.</summary>
    Uri Address { get; }

    /// <summary>To the first byte of an answer, and between two pieces of a streamed one.</summary>
    TimeSpan Timeout { get; }

    /// <summary>Posts a body and waits for the answer's headers.</summary>
    /// <exception cref="ModelException">It was refused.</exception>
    Task<HttpResponseMessage> PostAsync(ModelInfo model, ReadOnlyMemory<byte> body, bool stream, Patience patience);

    /// <summary>The answer's bytes as the model wrote them.</summary>
    Task<Stream> ReadAsync(HttpResponseMessage response, ModelInfo model, bool stream, CancellationToken cancellationToken);
}
