using System.Text.RegularExpressions;
using Nura.Contracts;
using Nura.Rag.Documents;
using Nura.Rag.Git;
using Nura.Rag.Indexing;

namespace Nura.Rag.Repositories;

/// <summary>Adds and removes repositories.</summary>
internal sealed partial class RepositoryRegistry(RepositoryStore store, SourceRules rules, RunQueue runs, GitCommand git, ILogger<RepositoryRegistry> logger)
{
    private const int MostNames = 100;

    /// <summary>What is said of a repository that is not there, or not for the caller.</summary>
    public static ProblemException Unknown() => new(404, "There is no such repository.", "List the repositories to see their identities.");

    /// <summary>Adds a repository and queues its first index.</summary>
    /// <exception cref="ProblemException">400 for a source, name or ref that is refused; 409 for one that is taken.</exception>
    public async Task<RepositoryView> AddAsync(AddRepository request, CancellationToken cancellationToken)
    {
        var address = SourceAddress.Parse(request.Source ?? "");
        var source = await rules.CheckAsync(address, cancellationToken);
        var reference = string.IsNullOrWhiteSpace(request.Ref) ? null : request.Ref.Trim();
        if (reference is not null && !RefName.IsValid(reference))
        {
            throw new ProblemException(400, "This is no name of a branch, tag or commit.", "Give a branch, a tag, or a commit of 7 to 64 hexadecimal digits.");
        }

        if (request.Name is not null && !Name().IsMatch(request.Name))
        {
            throw new ProblemException(400, "This name cannot be used.", "A name has 1 to 100 letters, digits, \".\", \"_\", \"-\" and \"/\", and neither begins nor ends with \"/\".");
        }

        var wanted = request.Name ?? address.SuggestName();
        for (var attempt = 1; attempt <= MostNames; attempt++)
        {
            var id = Guid.CreateVersion7();
            var name = attempt == 1 ? wanted : $"{wanted}-{attempt}";
            var taken = await store.AddAsync(id, name, source.Url, reference, cancellationToken);
            if (taken is null)
            {
                LogAdded(id, name);
                runs.Wake();
                return await FindAsync(id, cancellationToken);
            }

            if (taken != "repository_name")
            {
                var existing = await store.FindAsync(source.Url, reference, cancellationToken);
                throw new ProblemException(409, "This repository is there already.", $"It is named \"{existing?.Name}\" (id {existing?.Id}). Re-index it instead, or remove it first.");
            }

            if (request.Name is not null)
            {
                break;
            }
        }

        throw new ProblemException(409, "This name is taken.", $"Another repository is named \"{wanted}\"; give a different name.");
    }

    /// <summary>Indexes a further ref of a repository, and follows it. One that is there already is indexed again.</summary>
    /// <exception cref="ProblemException">400 for a ref that cannot be one; 404 if there is no such repository.</exception>
    public async Task<RepositoryView> AddRefAsync(Guid repository, AddRef request, CancellationToken cancellationToken)
    {
        var reference = request.Ref?.Trim() ?? "";
        if (!RefName.IsValid(reference))
        {
            throw new ProblemException(400, "This is no name of a branch, tag or commit.", "Give a branch, a tag, or a commit of 7 to 64 hexadecimal digits.");
        }

        var parent = await store.RowAsync(repository, cancellationToken) is { Parent: null } row
            ? row : throw Unknown();
        if (await store.AddRefAsync(Guid.CreateVersion7(), parent.Id, reference, cancellationToken) is { } added)
        {
            LogAdded(added, $"{parent.Name}@{reference}");
        }

        var child = (await store.RefsAsync([parent.Id], cancellationToken)).Find(row => row.Ref == reference) ?? throw Unknown();
        await runs.EnqueueAsync(child.Id, cancellationToken);
        return await FindAsync(child.Id, cancellationToken);
    }

    /// <summary>The collection of documents of a name.</summary>
    /// <param name="name">Its name, the first part of its citations.</param>
    /// <param name="add">Whether to make it if it is not there.</param>
    /// <param name="cancellationToken">Stops the statement.</param>
    /// <exception cref="ProblemException">400 for a name that cannot be one; 404 if it is not there; 409 if a git repository has the name.</exception>
    public async Task<Guid> CollectionAsync(string name, bool add, CancellationToken cancellationToken)
    {
        if (!Name().IsMatch(name))
        {
            throw new ProblemException(400, "This name cannot be used.", "A collection's name has 1 to 100 letters, digits, \".\", \"_\" and \"-\".");
        }

        for (; ; add = false)
        {
            if ((await store.VisibleAsync(null, cancellationToken)).Find(row => string.Equals(row.Name, name, StringComparison.OrdinalIgnoreCase)) is { } row)
            {
                return DocumentStore.IsSource(row.Source) ? row.Id
                    : throw new ProblemException(409, "This name is taken.", $"\"{row.Name}\" is a git repository; give the collection another name.");
            }

            if (!add)
            {
                throw new ProblemException(404, "There is no such collection.", "Upload a document to make it.");
            }

            var id = Guid.CreateVersion7();
            if (await store.AddAsync(id, name, DocumentStore.SourceOf(id), null, cancellationToken) is null)
            {
                LogAdded(id, name);
            }
        }
    }

    /// <summary>One repository.</summary>
    /// <exception cref="ProblemException">404 if there is none.</exception>
    public async Task<RepositoryView> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) ?? throw Unknown();

    /// <summary>Removes a repository with its mirror. A run under way notices and ends.</summary>
    public async Task RemoveAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!await store.DeleteAsync(id, cancellationToken))
        {
            throw new ProblemException(404, "There is no such repository.", "It may have been removed already.");
        }

        LogRemoved(id);
        var folder = new GitMirror(git, id).Directory;
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (IOException exception)
        {
            // A fetch under way may still write there; the run ends at its next heartbeat and clears up.
            LogMirrorKept(exception, id);
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*\z(?<=\A.{1,100}\z)")]
    private static partial Regex Name();

    [LoggerMessage(2001, LogLevel.Information, "Repository {Repository} added as {Name}")]
    private partial void LogAdded(Guid repository, string name);

    [LoggerMessage(2002, LogLevel.Information, "Repository {Repository} removed")]
    private partial void LogRemoved(Guid repository);

    [LoggerMessage(2003, LogLevel.Warning, "The mirror of the removed repository {Repository} could not be deleted yet")]
    private partial void LogMirrorKept(Exception exception, Guid repository);
}
