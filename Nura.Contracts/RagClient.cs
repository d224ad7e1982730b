using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Nura.Contracts;

/// <summary>Talks to Nura.Rag. Every method throws <see cref="ProblemException"/> when the service refuses or is out of reach.</summary>
/// <param name="http">A client whose base address is the service.</param>
/// <param name="scope">What the caller may see; <see langword="null"/> for everything. What it may not see is for it as if it were not there.</param>
/// <param name="account">On whose account it is what models cost that help a search; the scope's if absent.</param>
public sealed class RagClient(HttpClient http, CallerScope? scope = null, Account? account = null)
{
    private const string Service = "rag";

    private readonly Account? _account = account ?? scope?.Account;

    /// <summary>The same service on another account.</summary>
    /// <param name="other">The account; <see langword="null"/> for nobody's.</param>
    public RagClient For(Account? other) => new(http, scope, other);

    /// <summary>Adds a repository and queues its first index.</summary>
    /// <exception cref="ProblemException">400 for a source that is refused, 409 for one that is there already.</exception>
    public Task<RepositoryView> AddAsync(AddRepository repository, CancellationToken cancellationToken) =>
        SendAsync<RepositoryView>(HttpMethod.Post, "repositories", repository, cancellationToken);

    /// <summary>All repositories, by name.</summary>
    public Task<IReadOnlyList<RepositoryView>> ListAsync(CancellationToken cancellationToken) =>
        SendAsync<IReadOnlyList<RepositoryView>>(HttpMethod.Get, "repositories", null, cancellationToken);

    /// <summary>One repository.</summary>
    public Task<RepositoryView> GetAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync<RepositoryView>(HttpMethod.Get, $"repositories/{id}", null, cancellationToken);

    /// <summary>Removes a repository with everything known of it.</summary>
    public async Task DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Delete, $"repositories/{id}");
        using var response = await ProblemException.SendAsync(http, request, Service, cancellationToken);
    }

    /// <summary>Queues an index of the newest commit.</summary>
    public Task<RepositoryView> IndexAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync<RepositoryView>(HttpMethod.Post, $"repositories/{id}/index", null, cancellationToken);

    /// <summary>Holds the index under way or waiting until it is resumed.</summary>
    /// <exception cref="ProblemException">409 if there is none.</exception>
    public Task<RepositoryView> PauseAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync<RepositoryView>(HttpMethod.Post, $"repositories/{id}/pause", null, cancellationToken);

    /// <summary>Goes on with a paused index.</summary>
    /// <exception cref="ProblemException">409 if none is paused.</exception>
    public Task<RepositoryView> ResumeAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync<RepositoryView>(HttpMethod.Post, $"repositories/{id}/resume", null, cancellationToken);

    /// <summary>Ends the index under way, waiting or paused.</summary>
    /// <exception cref="ProblemException">409 if there is none.</exception>
    public Task<RepositoryView> CancelAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync<RepositoryView>(HttpMethod.Post, $"repositories/{id}/cancel", null, cancellationToken);

    /// <summary>Indexes a further ref of a repository and follows it.</summary>
    public Task<RepositoryView> AddRefAsync(Guid id, AddRef request, CancellationToken cancellationToken) =>
        SendAsync<RepositoryView>(HttpMethod.Post, $"repositories/{id}/refs", request, cancellationToken);

    /// <summary>The further refs of a repository; each has an identity of its own for progress, index and removal.</summary>
    public Task<IReadOnlyList<RepositoryView>> RefsAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync<IReadOnlyList<RepositoryView>>(HttpMethod.Get, $"repositories/{id}/refs", null, cancellationToken);

    /// <summary>Uploads a document; the collection is made if it is not there.</summary>
    /// <param name="collection">Its name, the first part of its citations.</param>
    /// <param name="path">The document's path in it.</param>
    /// <param name="content">Markdown, reStructuredText, OpenAPI or plain text.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <exception cref="ProblemException">400 for a name or path, 413 for a length, 422 for a content that cannot be.</exception>
    public async Task<RepositoryView> UploadAsync(string collection, string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Put, DocumentPath(collection, path));
        request.Content = new ReadOnlyMemoryContent(content);
        using var response = await ProblemException.SendAsync(http, request, Service, cancellationToken);
        return await ReadAsync<RepositoryView>(response, cancellationToken);
    }

    /// <summary>Removes an uploaded document; citations of it stay true.</summary>
    /// <exception cref="ProblemException">404 if it is not there.</exception>
    public Task<RepositoryView> RemoveDocumentAsync(string collection, string path, CancellationToken cancellationToken) =>
        SendAsync<RepositoryView>(HttpMethod.Delete, DocumentPath(collection, path), null, cancellationToken);

    /// <summary>Makes a new secret for a repository's push notices.</summary>
    public Task<Webhook> WebhookAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync<Webhook>(HttpMethod.Post, $"repositories/{id}/webhook", null, cancellationToken);

    /// <summary>Passes a push notice on as it came.</summary>
    /// <param name="id">The repository.</param>
    /// <param name="body">The body, which may be signed.</param>
    /// <param name="headers">The headers that prove or describe it.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <exception cref="ProblemException">401 if it is not genuine.</exception>
    public async Task<PushAnswer> PushAsync(Guid id, ReadOnlyMemory<byte> body, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"webhooks/{id}") { Content = new ReadOnlyMemoryContent(body) };
        foreach (var (name, value) in headers)
        {
            _ = request.Headers.TryAddWithoutValidation(name, value) || request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await ProblemException.SendAsync(http, request, Service, cancellationToken);
        return await ReadAsync<PushAnswer>(response, cancellationToken);
    }

    /// <summary>How well search does on a repository's own past.</summary>
    /// <exception cref="ProblemException">404 if it is unknown or has not been evaluated yet.</exception>
    public Task<RetrievalEvaluation> EvaluationAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync<RetrievalEvaluation>(HttpMethod.Get, $"repositories/{id}/evaluation", null, cancellationToken);

    /// <summary>How far the vectors of a repository are.</summary>
    /// <exception cref="ProblemException">404 if it is unknown or no embedding model is configured.</exception>
    public Task<EmbeddingStatus> EmbeddingsAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync<EmbeddingStatus>(HttpMethod.Get, $"repositories/{id}/embeddings", null, cancellationToken);

    /// <summary>How far the run under way, or the last one, is.</summary>
    public Task<IndexProgress> ProgressAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync<IndexProgress>(HttpMethod.Get, $"repositories/{id}/progress", null, cancellationToken);

    /// <summary>Progress as it happens, until the run ends; the last one is final.</summary>
    public async IAsyncEnumerable<IndexProgress> ProgressStreamAsync(Guid id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, $"repositories/{id}/progress/stream");
        using var response = await ProblemException.SendAsync(http, request, Service, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var parser = SseParser.Create(body, static (_, data) => JsonSerializer.Deserialize(data, ContractsJson.TypeInfo<IndexProgress>())!);
        await foreach (var item in parser.EnumerateAsync(cancellationToken))
        {
            yield return item.Data;
        }
    }

    /// <summary>Files of the searchable commit that are not in the index, by path.</summary>
    /// <param name="id">The repository.</param>
    /// <param name="failed">Only errors, or only what rules leave out; both when absent.</param>
    /// <param name="skip">How many to pass over.</param>
    /// <param name="take">Most to return, 1 to 1,000.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public Task<IReadOnlyList<FileIssue>> IssuesAsync(Guid id, bool? failed, int skip, int take, CancellationToken cancellationToken) =>
        SendAsync<IReadOnlyList<FileIssue>>(
            HttpMethod.Get,
            string.Create(CultureInfo.InvariantCulture, $"repositories/{id}/issues?skip={skip}&take={take}{(failed is null ? "" : $"&failed={(failed.Value ? "true" : "false")}")}"),
            null,
            cancellationToken);

    /// <summary>Finds the pieces of files that fit a question best.</summary>
    public Task<SearchAnswer> SearchAsync(SearchRequest request, CancellationToken cancellationToken) =>
        SendAsync<SearchAnswer>(HttpMethod.Post, "search", request with { Repositories = Within(request.Repositories) }, cancellationToken);

    /// <summary>The lines that citations name, in their order; <see langword="null"/> for each that names nothing the caller may see.</summary>
    public Task<IReadOnlyList<FileLines?>> ResolveAsync(ResolveCitations request, CancellationToken cancellationToken) =>
        SendAsync<IReadOnlyList<FileLines?>>(HttpMethod.Post, "citations/resolve", request with { Repositories = Within(request.Repositories) }, cancellationToken);

    /// <summary>The lines that one citation names.</summary>
    /// <exception cref="ProblemException">404 if it names nothing.</exception>
    public Task<FileLines> FileAsync(Citation citation, CancellationToken cancellationToken) =>
        SendAsync<FileLines>(HttpMethod.Get, $"file?citation={Uri.EscapeDataString(citation.ToString())}", null, cancellationToken);

    /// <summary>Where something is defined.</summary>
    public Task<SymbolAnswer> SymbolsAsync(SymbolRequest request, CancellationToken cancellationToken) =>
        SendAsync<SymbolAnswer>(HttpMethod.Post, "symbols", request with { Repositories = Within(request.Repositories) }, cancellationToken);

    /// <summary>Where a word stands.</summary>
    public Task<ReferenceAnswer> ReferencesAsync(ReferenceRequest request, CancellationToken cancellationToken) =>
        SendAsync<ReferenceAnswer>(HttpMethod.Post, "references", request with { Repositories = Within(request.Repositories) }, cancellationToken);

    /// <summary>The lines that hold a text or fit a regular expression.</summary>
    public Task<GrepAnswer> GrepAsync(GrepRequest request, CancellationToken cancellationToken) =>
        SendAsync<GrepAnswer>(HttpMethod.Post, "grep", request with { Repositories = Within(request.Repositories) }, cancellationToken);

    /// <summary>Lines of a file at a ref or commit.</summary>
    /// <exception cref="ProblemException">404 if repository, ref, file or line does not exist.</exception>
    public Task<FileLines> ReadAsync(ReadFile request, CancellationToken cancellationToken) =>
        SendAsync<FileLines>(HttpMethod.Post, "files/read", request with { Repositories = Within(request.Repositories) }, cancellationToken);

    private IReadOnlyList<Guid>? Within(IReadOnlyList<Guid>? asked) => scope is null ? asked : scope.Within(asked);

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        if (scope?.Repositories is { } visible)
        {
            request.Headers.Add(CallerScope.Header, CallerScope.Write(visible));
        }

        if (_account is not null)
        {
            request.Headers.Add(Account.Header, _account.ToString());
        }

        return request;
    }

    private static string DocumentPath(string collection, string path) =>
        $"documents/{Uri.EscapeDataString(collection)}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = Request(method, path);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body, ContractsJson.Options.GetTypeInfo(body.GetType()));
        }

        using var response = await ProblemException.SendAsync(http, request, Service, cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken) =>
        await response.Content.ReadFromJsonAsync(ContractsJson.TypeInfo<T>(), cancellationToken)
            ?? throw new ProblemException((int)HttpStatusCode.BadGateway, "The rag service answered with an empty body.");
}
