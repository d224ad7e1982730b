using System.Collections.Concurrent;
using Nura.Rag.Dense;
using Nura.Rag.Repositories;

namespace Nura.Rag.Ranking;

/// <summary>The corpora in memory, one for each repository. A search never waits for a newer one while it has an older one, which is whole.</summary>
internal sealed partial class CorpusCache(CorpusLoader loader, ILogger<CorpusCache> logger)
{
    private readonly ConcurrentDictionary<Guid, Entry> _entries = new();

    /// <summary>The corpus of a repository that has a searchable commit.</summary>
    /// <returns>The newest one in memory; loaded first if there is none. <see langword="null"/> if the repository is gone.</returns>
    public async ValueTask<Corpus?> GetAsync(RepositoryRow repository, CancellationToken cancellationToken)
    {
        var entry = _entries.GetOrAdd(repository.Id, static _ => new Entry());
        if (entry.Corpus is { } corpus)
        {
            if (corpus.Generation < repository.Generation)
            {
                // Another process indexed it. This search is answered from the commit before.
                _ = RefreshQuietlyAsync(repository.Id);
            }

            return corpus;
        }

        return await RefreshAsync(repository.Id, cancellationToken);
    }

    /// <summary>Brings a corpus up to date.</summary>
    public async Task<Corpus?> RefreshAsync(Guid repository, CancellationToken cancellationToken)
    {
        var entry = _entries.GetOrAdd(repository, static _ => new Entry());
        await entry.Gate.WaitAsync(cancellationToken);
        try
        {
            entry.Corpus = await loader.LoadAsync(repository, entry.Corpus, Relative, cancellationToken);
            if (entry.Corpus is { } corpus)
            {
                LogLoaded(repository, corpus.Commit, corpus.Files.Count(file => file.Chunks > 0), corpus.LiveChunks);
            }
            else
            {
                _entries.TryRemove(repository, out _);
            }

            return entry.Corpus;
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    /// <summary>Repositories whose words are to be learned for the dense lane.</summary>
    public IReadOnlyList<Guid> Untaught =>
        [.. _entries.Where(entry => entry.Value.Corpus is { Dense: null } corpus && corpus.Weights.Counts(DenseLane.LaneName)).Select(entry => entry.Key)];

    /// <summary>Learns a repository's words for the dense lane. Searches go on meanwhile.</summary>
    public async Task TeachAsync(Guid repository, CancellationToken cancellationToken)
    {
        if (!_entries.TryGetValue(repository, out var entry) || entry.Corpus is not { } corpus
            || await Task.Run(() => LatentTrainer.Train(corpus, cancellationToken), cancellationToken) is not { } model)
        {
            return;
        }

        await entry.Gate.WaitAsync(cancellationToken);
        try
        {
            if (entry.Corpus is { } present && model.Fits(present.Vocabulary))
            {
                var dense = DenseIndex.Place(model, present);
                entry.Corpus = present with { Dense = present.Weights.Adapted.Contains(DenseLane.LaneName) ? dense.Adapt(present) : dense };
            }
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    /// <summary>Forgets a repository.</summary>
    public void Remove(Guid repository) => _entries.TryRemove(repository, out _);

    /// <summary>Forgets all but some repositories.</summary>
    public void KeepOnly(IReadOnlySet<Guid> repositories)
    {
        foreach (var repository in _entries.Keys.Where(id => !repositories.Contains(id)))
        {
            Remove(repository);
        }
    }

    // Another ref of the same repository has most blobs in memory already.
    private Corpus? Relative(Guid repository) => _entries.Values.Select(entry => entry.Corpus).FirstOrDefault(corpus => corpus?.Repository == repository);

    private async Task RefreshQuietlyAsync(Guid repository)
    {
        try
        {
            await RefreshAsync(repository, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // The next search tries again; this one has its answer.
            LogFailed(exception, repository);
        }
    }

    [LoggerMessage(2020, LogLevel.Information, "Repository {Repository} is searchable at {Commit}: {Files} files, {Chunks} chunks")]
    private partial void LogLoaded(Guid repository, string commit, int files, int chunks);

    [LoggerMessage(2021, LogLevel.Warning, "Repository {Repository} could not be brought up to date in memory")]
    private partial void LogFailed(Exception exception, Guid repository);

    private sealed class Entry
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public Corpus? Corpus { get; set; }
    }
}
