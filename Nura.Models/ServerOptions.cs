namespace Nura.Models;

/// <summary>An OpenAI-compatible server, below <c>Nura:Models:Servers:&lt;name&gt;</c>.</summary>
public sealed class ServerOptions
{
    private Uri? _chat;
    private Uri? _embeddings;

    /// <summary>Address up to and including the version, such as <c>http://localhost:11434/v1</c>; http or https.</summary>
    public string BaseUrl { get; set; } = "";

    /// <summary>Sent as a bearer token; nothing is sent when absent.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Names of the models it offers, as it calls them; at least one.</summary>
    public List<string> Models { get; } = [];

    /// <summary>Tokens that prompt and answer may have together. Default 32,768.</summary>
    public int Context { get; set; } = 32_768;

    /// <summary>Tokens that an answer may have; 0 leaves it to the server.</summary>
    public int MaxOutput { get; set; }

    /// <summary>Names of those of its models that make embeddings instead of answers.</summary>
    public List<string> EmbeddingModels { get; } = [];

    /// <summary>Whether its models can call tools.</summary>
    public bool Tools { get; set; } = true;

    /// <summary>Whether OpenAI requests are passed to it as they came, byte by byte. Off for a server that refuses fields it does not know: Nura then sends only those it understands.</summary>
    public bool Forward { get; set; } = true;

    /// <summary>Seconds to the first byte of an answer, and between two pieces of a streamed one; 1 to 3,600.</summary>
    public int TimeoutSeconds { get; set; } = 120;

    /// <summary>Where an operation is posted to.</summary>
    internal Uri Address(string operation) => operation == Operations.Embeddings
        ? _embeddings ??= new Uri($"{BaseUrl.TrimEnd('/')}/embeddings")
        : _chat ??= new Uri($"{BaseUrl.TrimEnd('/')}/chat/completions");
}
