using Nura.Contracts;

namespace Nura.Rag.Repositories;

/// <summary>Lets requests about one repository pass if their caller may see it. To a caller that may not, it is as if it were not there.</summary>
internal sealed class VisibleRepositories(RepositoryStore store) : IEndpointFilter
{
    /// <summary>What a request's caller may see; <see langword="null"/> for everything.</summary>
    /// <exception cref="ProblemException">400 for a header that cannot be read.</exception>
    public static IReadOnlyList<Guid>? Of(HttpContext http) =>
        !http.Request.Headers.TryGetValue(CallerScope.Header, out var text) ? null
        : CallerScope.Read(text.ToString())
            ?? throw new ProblemException(400, $"The header {CallerScope.Header} cannot be read.", "Send identities of repositories with commas between, or \"none\".");

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (Of(http) is { } visible && http.Request.RouteValues["id"] is { } value && Guid.TryParse(value.ToString(), out var id)
            && (await store.RowAsync(id, http.RequestAborted) is not { } row || !visible.Contains(row.Mirror)))
        {
            throw RepositoryRegistry.Unknown();
        }

        return await next(context);
    }
}
