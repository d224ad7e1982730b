using System.Collections.Concurrent;
using System.Threading.Channels;
using Nura.Rag.Git;

namespace Nura.Rag.Indexing;

/// <summary>Reads, analyzes and stores blobs at the same time. Queues are short, so memory stays bounded whatever the repository's size.</summary>
internal sealed partial class BlobPipeline(BlobStore store, ILogger<BlobPipeline> logger)
{
    private const int Waiting = 32;
    private const int BatchChunks = 1500;
    private const int BatchBlobs = 500;

    /// <summary>Stores blobs. One that cannot be read is reported and leaves the others alone.</summary>
    /// <param name="mirror">Where their content is.</param>
    /// <param name="missing">The blobs with the files they stand for.</param>
    /// <param name="progress">Counts files as they are stored.</param>
    /// <param name="cancellationToken">Ends the work; what is stored stays.</param>
    /// <returns>Why blobs could not be read, as sentences.</returns>
    public async Task<IReadOnlyDictionary<BlobKey, string>> RunAsync(
        GitMirror mirror, IReadOnlyDictionary<BlobKey, List<TreeEntry>> missing, RunProgress progress, CancellationToken cancellationToken)
    {
        var failures = new ConcurrentDictionary<BlobKey, string>();
        if (missing.Count == 0)
        {
            return failures;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var contents = Channel.CreateBounded<(BlobKey Key, byte[] Content)>(Waiting);
        var analyzed = Channel.CreateBounded<AnalyzedBlob>(Waiting);
        void Fail(BlobKey key, string reason)
        {
            failures[key] = reason;
            progress.Add(missing[key].Count, failed: missing[key].Count);
        }

        var reading = CompleteAsync(contents.Writer, ReadAsync(mirror, [.. missing.Keys], contents.Writer, Fail, stop.Token));
        var analyzing = CompleteAsync(analyzed.Writer, Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount)
            .Select(_ => Task.Run(() => AnalyzeAsync(contents.Reader, analyzed.Writer, Fail, stop.Token), stop.Token))));
        // Two, so that one gathers while the other waits for the database.
        var storing = Task.WhenAll(StoreAsync(analyzed.Reader, missing, progress, stop.Token), StoreAsync(analyzed.Reader, missing, progress, stop.Token));
        var all = new List<Task> { reading, analyzing, storing };
        while (all.Count > 0)
        {
            var ended = await Task.WhenAny(all);
            all.Remove(ended);
            if (!ended.IsCompletedSuccessfully)
            {
                // The first failure is the cause; the others only end because of it.
                await stop.CancelAsync();
                await Task.WhenAll(all).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                await ended;
            }
        }

        return failures;
    }

    private static async Task CompleteAsync<T>(ChannelWriter<T> writer, Task work)
    {
        try
        {
            await work;
            writer.Complete();
        }
        catch (Exception exception)
        {
            writer.Complete(exception);
            throw;
        }
    }

    private static async Task ReadAsync(
        GitMirror mirror, IReadOnlyCollection<BlobKey> keys, ChannelWriter<(BlobKey Key, byte[] Content)> contents, Action<BlobKey, string> fail, CancellationToken cancellationToken)
    {
        await using var reader = mirror.Read();
        using var next = keys.GetEnumerator();
        await foreach (var content in reader.ReadAsync([.. keys.Select(key => key.Oid)], cancellationToken))
        {
            next.MoveNext();
            if (content is null)
            {
                fail(next.Current, $"The repository lacks the object {next.Current.Oid}; it may be damaged or cloned in part.");
                continue;
            }

            await contents.WriteAsync((next.Current, content), cancellationToken);
        }
    }

    private async Task AnalyzeAsync(
        ChannelReader<(BlobKey Key, byte[] Content)> contents, ChannelWriter<AnalyzedBlob> analyzed, Action<BlobKey, string> fail, CancellationToken cancellationToken)
    {
        var analyzer = new BlobAnalyzer();
        await foreach (var (key, content) in contents.ReadAllAsync(cancellationToken))
        {
            AnalyzedBlob blob;
            try
            {
                blob = analyzer.Analyze(key, content);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // One bad file must not fail the run.
                LogFailed(exception, key.Oid);
                fail(key, $"It could not be split ({exception.GetType().Name}).");
                continue;
            }

            await analyzed.WriteAsync(blob, cancellationToken);
        }
    }

    private async Task StoreAsync(
        ChannelReader<AnalyzedBlob> analyzed, IReadOnlyDictionary<BlobKey, List<TreeEntry>> missing, RunProgress progress, CancellationToken cancellationToken)
    {
        var batch = new List<AnalyzedBlob>();
        var chunks = 0;
        async Task FlushAsync()
        {
            await store.AddAsync(batch, cancellationToken);
            foreach (var blob in batch)
            {
                var files = missing[blob.Key].Count;
                progress.Add(files, skipped: blob.Reason is null ? 0 : files);
            }

            batch.Clear();
            chunks = 0;
        }

        await foreach (var blob in analyzed.ReadAllAsync(cancellationToken))
        {
            batch.Add(blob);
            chunks += blob.Chunks.Count;
            if (chunks >= BatchChunks || batch.Count >= BatchBlobs)
            {
                await FlushAsync();
            }
        }

        if (batch.Count > 0)
        {
            await FlushAsync();
        }
    }

    [LoggerMessage(2010, LogLevel.Warning, "Blob {Oid} could not be analyzed")]
    private partial void LogFailed(Exception exception, string oid);
}
