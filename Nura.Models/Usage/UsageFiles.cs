using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Usage rows on disk while the database does not take them, so that they outlive the process: files of JSON lines in <see cref="ModelsOptions.UsageDirectory"/>.</summary>
/// <remarks>
/// Each process appends to a file of its own, which it holds locked. Whoever writes rows back takes every file that nobody holds, those of ended processes among them.
/// A file goes once its rows are committed; should the process end in between, they are written again, which changes nothing.
/// </remarks>
internal sealed partial class UsageFiles(IOptions<ModelsOptions> options, ILogger<UsageFiles> logger) : IDisposable
{
    private const int BatchSize = 2_000;

    private static readonly JsonTypeInfo<UsageRow> s_json = new ModelsJsonContext(new JsonSerializerOptions { IgnoreReadOnlyProperties = true }).UsageRow;

    private FileStream? _own;

    /// <summary>Where the files are; <see langword="null"/> if rows only wait in memory.</summary>
    public string? Folder { get; } = options.Value.UsageDirectory;

    /// <summary>Rows that this process put there and that are not in the database yet.</summary>
    public int Count { get; private set; }

    /// <summary>Whether rows may be there to be written back: at first those of processes that have ended.</summary>
    public bool MayHoldRows { get; private set; } = options.Value.UsageDirectory is not null;

    /// <summary>Makes the folder, and says at once if that is impossible rather than when it is needed.</summary>
    public void Prepare()
    {
        try
        {
            if (Folder is not null)
            {
                Directory.CreateDirectory(Folder);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            MayHoldRows = false;
            LogNotKept(Folder!, exception.Message);
        }
    }

    /// <summary>Puts rows on disk; they are there when it returns.</summary>
    /// <returns>Whether they are: without a folder, or with one that cannot be written, they must wait in memory.</returns>
    public bool TryAdd(IReadOnlyCollection<UsageRow> rows)
    {
        if (Folder is null)
        {
            return false;
        }

        using var lines = new MemoryStream();
        foreach (var row in rows)
        {
            JsonSerializer.Serialize(lines, row, s_json);
            lines.WriteByte((byte)'\n');
        }

        try
        {
            _own ??= Create(Path.Combine(Folder, $"{Guid.CreateVersion7():N}.jsonl"));
            _own.Write(lines.GetBuffer().AsSpan(0, (int)lines.Length));
            _own.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What was written of them ends in half a line, so nothing more may follow in that file.
            Dispose();
            LogNotKept(Folder, exception.Message);
            return false;
        }

        Count += rows.Count;
        return MayHoldRows = true;
    }

    /// <summary>Writes the rows of all files that nobody holds, and removes the files.</summary>
    /// <param name="write">Writes rows; what it throws ends the whole, to be tried again later.</param>
    /// <param name="cancellationToken">Ends it likewise.</param>
    public async Task WriteBackAsync(Func<List<UsageRow>, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        Dispose();
        foreach (var path in Directory.EnumerateFiles(Folder!, "*.jsonl"))
        {
            await WriteBackAsync(path, write, cancellationToken);
        }

        (MayHoldRows, Count) = (false, 0);
    }

    /// <summary>Lets go of this process's file; rows that follow go into another.</summary>
    public void Dispose()
    {
        _own?.Dispose();
        _own = null;
    }

    private async Task WriteBackAsync(string path, Func<List<UsageRow>, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var (written, unreadable) = (0, 0);
        using (var file = TryTake(path))
        {
            if (file is null)
            {
                return;
            }

            using var lines = new StreamReader(file);
            var rows = new List<UsageRow>(BatchSize);
            while (await lines.ReadLineAsync(cancellationToken) is { } line)
            {
                if (TryRead(line) is { } row)
                {
                    rows.Add(row);
                }
                else
                {
                    unreadable++;
                }

                if (rows.Count == BatchSize)
                {
                    await FlushAsync(rows);
                }
            }

            await FlushAsync(rows);
        }

        if (unreadable == 0)
        {
            File.Delete(path);
            LogWritten(written, path);
        }
        else
        {
            File.Move(path, path + ".unreadable", overwrite: true);
            LogUnreadable(written, unreadable, path + ".unreadable");
        }

        async Task FlushAsync(List<UsageRow> rows)
        {
            if (rows.Count > 0)
            {
                await write(rows, cancellationToken);
                written += rows.Count;
                rows.Clear();
            }
        }
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private static FileStream? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another process appends to it, or is writing its rows back, or has just done so; or it is another user's.
            return null;
        }
    }

    private static UsageRow? TryRead(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, s_json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(4016, LogLevel.Error, "Usage rows that wait for the database cannot be kept in {Folder} (Nura:Models:UsageDirectory), only in memory: {Problem}")]
    private partial void LogNotKept(string folder, string problem);

    [LoggerMessage(4017, LogLevel.Information, "{Count} usage rows that waited in {Path} are in the database")]
    private partial void LogWritten(int count, string path);

    [LoggerMessage(4018, LogLevel.Error, "{Count} usage rows that waited are in the database, {Unreadable} lines were cut or damaged and stay in {Path}")]
    private partial void LogUnreadable(int count, int unreadable, string path);
}
