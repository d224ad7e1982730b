using System.Globalization;
using System.Text;

namespace Nura.Rag.Git;

/// <summary>Reads objects of one repository through one running <c>git cat-file</c>, one after another.</summary>
internal sealed class GitBlobReader(GitProcess process) : IAsyncDisposable
{
    private readonly BufferedStream _output = new(process.Output, 1 << 16);

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
        if (await HeaderAsync(cancellationToken) is not { } header)
        {
            return null;
        }

        var content = new byte[header.Size];
        await _output.ReadExactlyAsync(content, cancellationToken);
        _ = _output.ReadByte();
        return content;
    }

    public async ValueTask DisposeAsync()
    {
        await _output.DisposeAsync();
        await process.DisposeAsync();
    }

    private async Task SendAsync(string command, CancellationToken cancellationToken)
    {
        await process.Input.WriteAsync(Encoding.UTF8.GetBytes(command), cancellationToken);
        await process.Input.FlushAsync(cancellationToken);
    }

    private async Task<(string Oid, string Type, long Size)?> HeaderAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await _output.ReadAsync(one, cancellationToken) == 1 && one[0] != '\n')
        {
            line.Append((char)one[0]);
        }

        // "<oid> <type> <size>", or "<name> missing", or "<name> ambiguous"
        var fields = line.ToString().Split(' ');
        return fields.Length == 3 && long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? (fields[0], fields[1], size)
            : line.Length > 0 ? null
            : throw new GitException(-1, "cat-file ended before it answered");
    }
}
