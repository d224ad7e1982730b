using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Nura.Contracts;
using Nura.Rag.Indexing;
using Nura.Rag.Repositories;

namespace Nura.Rag.Pushes;

/// <summary>Push notices of git servers over HTTP.</summary>
internal static class PushEndpoints
{
    // What GitHub sends at most.
    private const int MostBytes = 25_000_000;
    private const int SecretBytes = 24;

    public static IEndpointRouteBuilder MapPushes(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/repositories/{id:guid}/webhook", SecretAsync).WithTags("Repositories").AddEndpointFilter<VisibleRepositories>();
        routes.MapPost("/webhooks/{id:guid}", PushAsync).WithTags("Repositories");
        return routes;
    }

    // A new secret each time; the one before is void then.
    private static async Task<Ok<Webhook>> SecretAsync(Guid id, RepositoryRegistry registry, RepositoryStore store, CancellationToken cancellationToken)
    {
        await registry.FindAsync(id, cancellationToken);
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        await store.SetSecretAsync(id, secret, cancellationToken);
        return TypedResults.Ok(new Webhook($"/webhooks/{id}", secret));
    }

    private static async Task<Accepted<PushAnswer>> PushAsync(Guid id, HttpRequest http, RepositoryStore store, RunQueue runs, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(http, MostBytes, static () => new ProblemException(413, "The push notice is too long.", $"At most {MostBytes:N0} bytes are taken."), cancellationToken);

        // Whether there is such a repository is nobody's business without its secret.
        if (await store.SecretAsync(id, cancellationToken) is not { } secret || !PushSignature.IsGenuine(http.Headers, body, secret))
        {
            throw new ProblemException(401, "The push notice is not signed with this repository's secret.", "Set the secret in the git server's webhook; POST /api/repositories/{id}/webhook makes a new one.");
        }

        var name = http.Headers["X-GitHub-Event"].ToString();
        if (name.Length > 0 && name is not ("push" or "create"))
        {
            return TypedResults.Accepted((string?)null, new PushAnswer(0, $"Nothing follows from \"{name}\"."));
        }

        var notice = PushNotice.Parse(body, http.HasFormContentType);
        var rows = (await store.AllAsync(cancellationToken)).Where(row => row.Mirror == id && notice.Concerns(row)).ToList();
        foreach (var row in rows)
        {
            await runs.EnqueueAsync(row.Id, cancellationToken, follow: true);
        }

        return TypedResults.Accepted((string?)null, new PushAnswer(rows.Count, rows.Count == 0 ? $"Nothing here follows {notice.Ref}." : null));
    }
}
