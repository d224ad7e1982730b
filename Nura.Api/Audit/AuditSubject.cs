using Nura.Api.Keys;
using Nura.Contracts;

namespace Nura.Api.Audit;

/// <summary>What something was done to.</summary>
/// <param name="Id">Its identity, or a document's collection and path; absent if there is nothing but the actor.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Detail">What it was given, in words and without secrets.</param>
internal sealed record AuditSubject(string? Id, string? Name = null, string? Detail = null)
{
    /// <summary>Reads it off what an endpoint answers, or failing that its address.</summary>
    public static AuditSubject? Of(object? answer, RouteValueDictionary address) => answer switch
    {
        _ when address.TryGetValue("path", out var path) => new($"{address["collection"]}/{path}"),
        IValueHttpResult { Value: { } value } => Of(value, address),
        CreatedKey made => Of(made.View),
        KeyView key => Of(key),
        RepositoryView repository => Of(repository),
        _ => address.TryGetValue("id", out var id) ? new(id!.ToString()!) : null,
    };

    /// <summary>A repository, or one ref of it.</summary>
    public static AuditSubject Of(RepositoryView repository) => new(repository.Id.ToString(), repository.Name, repository.Ref is null ? null : $"ref {repository.Ref}");

    /// <summary>A key, or a person among them.</summary>
    public static AuditSubject Of(KeyView key, string? detail = null) => new(key.Id.ToString(), key.Name, detail);
}
