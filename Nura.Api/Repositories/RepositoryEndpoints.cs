using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Nura.Api.Audit;
using Nura.Api.Gateway;
using Nura.Api.Keys;
using Nura.Contracts;
using Nura.ServiceDefaults.Streaming;

namespace Nura.Api.Repositories;

/// <summary>Repositories, search and files, as Nura.Rag offers them.</summary>
internal static class RepositoryEndpoints
{
    private const int MostIssues = 1_000;
    private static readonly string[] s_pushHeaders = ["Content-Type", "Authorization", "X-Hub-Signature-256", "X-GitHub-Event", "X-Gitlab-Token"];

    public static void MapRepositories(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/repositories").WithTags("Repositories").RequireAuthorization();
        group.MapPost("/", AddAsync).RequireUnlimitedKey().Audited("repository.added");
        group.MapGet("/", (RagClient rag, CancellationToken cancellationToken) => rag.ListAsync(cancellationToken));
        group.MapGet("/{id:guid}", (Guid id, RagClient rag, CancellationToken cancellationToken) => rag.GetAsync(id, cancellationToken));
        group.MapDelete("/{id:guid}", RemoveAsync).RequireUnlimitedKey().Audited("repository.removed");
        group.MapPost("/{id:guid}/index", IndexAsync).Audited("repository.indexed");
        group.MapGet("/{id:guid}/progress", (Guid id, RagClient rag, CancellationToken cancellationToken) => rag.ProgressAsync(id, cancellationToken));
        group.MapGet("/{id:guid}/progress/stream", ProgressStreamAsync).Produces<IndexProgress>(contentType: "text/event-stream");
        group.MapGet("/{id:guid}/evaluation", (Guid id, RagClient rag, CancellationToken cancellationToken) => rag.EvaluationAsync(id, cancellationToken));
        group.MapGet("/{id:guid}/embeddings", (Guid id, RagClient rag, CancellationToken cancellationToken) => rag.EmbeddingsAsync(id, cancellationToken));
        group.MapGet("/{id:guid}/issues", (Guid id, RagClient rag, CancellationToken cancellationToken, bool? failed = null, int skip = 0, int take = 100) =>
            rag.IssuesAsync(id, failed, Math.Max(skip, 0), Math.Clamp(take, 1, MostIssues), cancellationToken));

        group.MapPost("/{id:guid}/pause", (Guid id, RagClient rag, CancellationToken cancellationToken) => rag.PauseAsync(id, cancellationToken)).RequireUnlimitedKey().Audited("repository.paused");
        group.MapPost("/{id:guid}/resume", (Guid id, RagClient rag, CancellationToken cancellationToken) => rag.ResumeAsync(id, cancellationToken)).RequireUnlimitedKey().Audited("repository.resumed");
        group.MapPost("/{id:guid}/cancel", (Guid id, RagClient rag, CancellationToken cancellationToken) => rag.CancelAsync(id, cancellationToken)).RequireUnlimitedKey().Audited("repository.cancelled");
        group.MapPost("/{id:guid}/refs", AddRefAsync).RequireUnlimitedKey().Audited("repository.ref-added");
        group.MapGet("/{id:guid}/refs", (Guid id, RagClient rag, CancellationToken cancellationToken) => rag.RefsAsync(id, cancellationToken));
        group.MapPost("/{id:guid}/webhook", WebhookAsync).RequireAuthorization(KeyAuthentication.Administrators).Audited("repository.webhook-made");
        var documents = routes.MapGroup("/api/documents").WithTags("Documents").RequireAuthorization();
        documents.MapPut("/{collection}/{**path}", UploadAsync).RequireUnlimitedKey().Audited("document.uploaded");
        documents.MapDelete("/{collection}/{**path}", (string collection, string path, RagClient rag, CancellationToken cancellationToken) => rag.RemoveDocumentAsync(collection, path, cancellationToken)).RequireUnlimitedKey().Audited("document.removed");
        // A git server has no key of ours; Nura.Rag checks its signature.
        routes.MapPost("/webhooks/{id:guid}", PushAsync).WithTags("Repositories").AllowAnonymous();

        var search = routes.MapGroup("/api").WithTags("Search").RequireAuthorization();
        search.MapPost("/search", (SearchRequest request, RagClient rag, CancellationToken cancellationToken) => rag.SearchAsync(request, cancellationToken));
        search.MapPost("/symbols", (SymbolRequest request, RagClient rag, CancellationToken cancellationToken) => rag.SymbolsAsync(request, cancellationToken));
        search.MapPost("/references", (ReferenceRequest request, RagClient rag, CancellationToken cancellationToken) => rag.ReferencesAsync(request, cancellationToken));
        search.MapPost("/grep", (GrepRequest request, RagClient rag, CancellationToken cancellationToken) => rag.GrepAsync(request, cancellationToken));
        search.MapPost("/files/read", (ReadFile request, RagClient rag, CancellationToken cancellationToken) => rag.ReadAsync(request, cancellationToken));
        search.MapGet("/file", (string citation, RagClient rag, CancellationToken cancellationToken) => rag.FileAsync(Parse(citation), cancellationToken));
    }

    private static async Task<Accepted<RepositoryView>> AddAsync(AddRepository repository, RagClient rag, CancellationToken cancellationToken)
    {
        var added = await rag.AddAsync(repository, cancellationToken);
        return TypedResults.Accepted($"/api/repositories/{added.Id}", added);
    }

    private static async Task<Accepted<RepositoryView>> AddRefAsync(Guid id, AddRef request, RagClient rag, CancellationToken cancellationToken)
    {
        var added = await rag.AddRefAsync(id, request, cancellationToken);
        return TypedResults.Accepted($"/api/repositories/{added.Id}", added);
    }

    private static async Task<Accepted<RepositoryView>> UploadAsync(string collection, string path, HttpRequest http, RagClient rag, CancellationToken cancellationToken)
    {
        // Read before it goes on: who sends slowly, or too much, is no failure of the other service.
        using var body = await RequestBytes.ReadAsync(http);
        var view = await rag.UploadAsync(collection, path, body.Memory, cancellationToken);
        return TypedResults.Accepted($"/api/repositories/{view.Id}", view);
    }

    private static async Task<Accepted<PushAnswer>> PushAsync(Guid id, HttpRequest http, RagClient rag, CancellationToken cancellationToken)
    {
        using var body = await RequestBytes.ReadAsync(http, asItComes: true);
        var headers = s_pushHeaders.Where(http.Headers.ContainsKey).Select(name => KeyValuePair.Create(name, http.Headers[name].ToString()));
        return TypedResults.Accepted((string?)null, await rag.PushAsync(id, body.Memory, headers, cancellationToken));
    }

    private static async Task<NoContent> RemoveAsync(Guid id, RagClient rag, HttpContext http, CancellationToken cancellationToken)
    {
        http.Tell(AuditSubject.Of(await rag.GetAsync(id, cancellationToken)));
        await rag.DeleteAsync(id, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Webhook> WebhookAsync(Guid id, RagClient rag, HttpContext http, CancellationToken cancellationToken)
    {
        http.Tell(AuditSubject.Of(await rag.GetAsync(id, cancellationToken)));
        return await rag.WebhookAsync(id, cancellationToken);
    }

    private static async Task<Accepted<RepositoryView>> IndexAsync(Guid id, RagClient rag, CancellationToken cancellationToken) =>
        TypedResults.Accepted($"/api/repositories/{id}/progress", await rag.IndexAsync(id, cancellationToken));

    private static Task ProgressStreamAsync(Guid id, HttpContext http, RagClient rag, IOptions<ApiOptions> options, TimeProvider time) =>
        EventStream.SendAsync(
            http,
            rag.ProgressStreamAsync(id, http.RequestAborted),
            static (output, progress) => output.WriteEvent(
                progress.State is RepositoryState.Queued or RepositoryState.Fetching or RepositoryState.Indexing ? "progress" : "done", JsonSerializer.Serialize(progress, ContractsJson.TypeInfo<IndexProgress>())),
            options.Value.Heartbeat,
            time);

    private static Citation Parse(string citation) => Citation.TryParse(citation, out var parsed) ? parsed
        : throw new ProblemException(StatusCodes.Status400BadRequest, "The citation cannot be read.", "Write it as repository@commit:path#L1-L9.");
}
