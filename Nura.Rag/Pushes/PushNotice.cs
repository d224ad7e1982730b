using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Nura.Contracts;
using Nura.Rag.Git;
using Nura.Rag.Repositories;

namespace Nura.Rag.Pushes;

/// <summary>What a git server says has changed.</summary>
/// <param name="Ref">The full name of the ref, or <see langword="null"/> if it is not said.</param>
/// <param name="DefaultBranch">The branch that the server's HEAD names, or <see langword="null"/> if it is not said.</param>
internal sealed record PushNotice(string? Ref, string? DefaultBranch)
{
    private const string Heads = "refs/heads/";
    private const string Tags = "refs/tags/";

    /// <summary>Reads a body as GitHub, GitLab and Gitea write it; an empty one says that anything may have changed.</summary>
    /// <param name="body">JSON, or a form with it in the field <c>payload</c>.</param>
    /// <param name="form">Whether it is a form.</param>
    /// <exception cref="ProblemException">400 for anything else.</exception>
    public static PushNotice Parse(ReadOnlyMemory<byte> body, bool form)
    {
        if (form)
        {
            body = Encoding.UTF8.GetBytes(QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span)).TryGetValue("payload", out var payload) ? payload.ToString() : "");
        }

        if (body.IsEmpty)
        {
            return new PushNotice(null, null);
        }

        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            return new PushNotice(Text(root, "ref"), Text(Inner(root, "repository"), "default_branch") ?? Text(Inner(root, "project"), "default_branch"));
        }
        catch (JsonException)
        {
            throw new ProblemException(400, "The push notice cannot be read.", "Send JSON as GitHub or GitLab do, such as {\"ref\":\"refs/heads/main\"}, or an empty body.");
        }
    }

    /// <summary>Whether a repository, or one of its further refs, follows what was pushed.</summary>
    public bool Concerns(RepositoryRow row) =>
        Ref is null ? row.Ref is null || !GitMirror.IsCommit(row.Ref)
        : row.Ref is null ? DefaultBranch is null || Ref == Heads + DefaultBranch
        : Ref == Heads + row.Ref || Ref == Tags + row.Ref;

    private static JsonElement Inner(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement element, string name) => Inner(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
