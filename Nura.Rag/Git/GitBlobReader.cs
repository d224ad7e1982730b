using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;

namespace Nura.Rag.Git;

/// <summary>Reads objects of one repository through one running <c>git cat-file</c>, one after another.</summary>
internal sealed class GitBlobReader(GitProcess process) : IAsyncDisposable
{
    private readonly PipeReader _output = PipeReader.Create(process.Output, new StreamPipeReaderOptions(bufferSize: 1 << 16));

    private Task _asking = Task.CompletedTask;

    /// <summary>What an object name stands for.</summary>
    /// <param name="name">Any name git understands, without line feed.</param>
    /// <param name="cancellationToken">Ends the wait; the reader is unusable then.</param>
    /// <returns>Its id, type and size, or <see langword="null"/> if it does not exist or is ambiguous.</returns>
    public async Task<(string Oid, string Type, long Size)?> InfoAsync(string name, CancellationToken cancellationToken)
    {
        await SendAsync($"info {name}\n", cancellationToken);
        return await HeaderAsync(cancellationToken);
    }

    /// <summary>The content of a blob.</summary>
    /// <param name="oid">Full object id.</param>
    /// <param name="cancellationToken">Ends the wait; the reader is unusable then.</param>
    /// <returns>Its bytes, or <see langword="null"/> if there is no such object.</returns>
    public async Task<byte[]?> ReadAsync(string oid, CancellationToken cancellationToken)
    {
        await SendAsync($"contents {oid}\n", cancellationToken);
        return await ContentAsync(cancellationToken);
    }

    /// <summary>The contents of many blobs in the order asked for. git works ahead instead of waiting for each question.</summary>
    /// <param name="oids">Full object ids.</param>
    /// <param name="cancellationToken">Ends the wait; the reader is unusable then.</param>
    /// <returns>For each its bytes, or <see langword="null"/> if there is no such object.</returns>
    public async IAsyncEnumerable<byte[]?> ReadAsync(IReadOnlyCollection<string> oids, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // At the same time: git does not read on while nobody reads what it writes.
        _asking = AskAsync(oids, cancellationToken);
        for (var left = oids.Count; left > 0; left--)
        {
            yield return await ContentAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _output.CompleteAsync();
        await process.DisposeAsync();
        await _asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AskAsync(IReadOnlyCollection<string> oids, CancellationToken cancellationToken)
    {
        const int Together = 200;
        foreach (var batch in oids.Chunk(Together))
        {
            await SendAsync(string.Concat(batch.Select(oid => $"contents {oid}\n")), cancellationToken);
        }
    }

    private async Task SendAsync(string command, CancellationToken cancellationToken)
    {
        await process.Input.WriteAsync(Encoding.UTF8.GetBytes(command), cancellationToken);
        await process.Input.FlushAsync(cancellationToken);
    }

    private async Task<byte[]?> ContentAsync(CancellationToken cancellationToken)
    {
        if (await HeaderAsync(cancellationToken) is not { } header)
        {
            return null;
        }

        // Written over at once.
        var content = GC.AllocateUninitializedArray<byte>(checked((int)header.Size));
        for (var filled = 0; filled < content.Length;)
        {
            var (buffer, _) = await MoreAsync(cancellationToken);
            buffer = buffer.Slice(0, Math.Min(buffer.Length, content.Length - filled));
            buffer.CopyTo(content.AsSpan(filled));
            filled += (int)buffer.Length;
            _output.AdvanceTo(buffer.End);
        }

        var (rest, _) = await MoreAsync(cancellationToken);
        _output.AdvanceTo(rest.GetPosition(1));
        return content;
    }

    private async Task<(string Oid, string Type, long Size)?> HeaderAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var (buffer, ended) = await MoreAsync(cancellationToken);
            if (buffer.PositionOf((byte)'\n') is not { } end)
            {
                _output.AdvanceTo(buffer.Start, buffer.End);
                if (ended)
                {
                    throw await EndedAsync(cancellationToken);
                }

                continue;
            }

            // "<oid> <type> <size>", or "<name> missing", or "<name> ambiguous"
            var line = Encoding.Latin1.GetString(buffer.Slice(0, end));
            _output.AdvanceTo(buffer.GetPosition(1, end));
            var fields = line.Split(' ');
            return fields.Length == 3 && long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? (fields[0], fields[1], size) : null;
        }
    }

    private async ValueTask<(ReadOnlySequence<byte> Buffer, bool Ended)> MoreAsync(CancellationToken cancellationToken)
    {
        var result = await _output.ReadAsync(cancellationToken);
        return result.IsCompleted && result.Buffer.IsEmpty ? throw await EndedAsync(cancellationToken) : (result.Buffer, result.IsCompleted);
    }

    // With what git said of it, if it did.
    private async Task<GitException> EndedAsync(CancellationToken cancellationToken)
    {
        await process.EndAsync(cancellationToken);
        return new GitException(-1, "cat-file ended before it answered");
    }
}
