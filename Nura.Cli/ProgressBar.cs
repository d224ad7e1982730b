using System.Globalization;
using Nura.Contracts;

namespace Nura.Cli;

/// <summary>Follows an index run: one line that moves in a terminal, a line for each step elsewhere.</summary>
/// <param name="output">Where it is shown.</param>
/// <param name="name">What is indexed.</param>
/// <param name="width">Columns of the terminal; <see langword="null"/> if it is none.</param>
internal sealed class ProgressBar(TextWriter output, string name, int? width)
{
    private const int Width = 24;

    private RepositoryState? _shown;

    /// <summary>Shows where the run is.</summary>
    public async Task ShowAsync(IndexProgress progress)
    {
        if (width is { } columns)
        {
            // A line that wraps cannot be written over: it would leave its beginning behind each time. One that ends in the last column may wrap.
            var line = Line(name, progress);
            await output.WriteAsync($"\r\u001b[K{(line.Length < columns ? line : line[..(columns - 1)])}");
        }
        else if (_shown != progress.State)
        {
            await output.WriteLineAsync(Line(name, progress));
        }

        _shown = progress.State;
        await output.FlushAsync();
    }

    /// <summary>Ends the line.</summary>
    public Task EndAsync() => width is not null && _shown is not null ? output.WriteLineAsync() : Task.CompletedTask;

    /// <summary>A run in one line.</summary>
    public static string Line(string name, IndexProgress progress)
    {
        var state = progress.State.ToString().ToLowerInvariant();
        var share = progress.State == RepositoryState.Ready ? 1
            : progress.State == RepositoryState.Fetching ? (progress.FetchedPercent ?? 0) / 100
            : progress.FilesTotal == 0 ? 0 : (double)progress.FilesDone / progress.FilesTotal;
        var full = (int)(Width * Math.Clamp(share, 0, 1));
        var bar = $"{name} [{new string('#', full)}{new string('.', Width - full)}] {state}";
        return progress.State switch
        {
            RepositoryState.Queued => bar,
            RepositoryState.Fetching => string.Create(CultureInfo.InvariantCulture, $"{bar} {100 * share:F0} %"),
            RepositoryState.Indexing => string.Create(CultureInfo.InvariantCulture, $"{bar} {progress.FilesDone}/{progress.FilesTotal} files, {progress.FilesPerSecond:F0}/s{(progress.EtaSeconds is { } eta ? $", {eta:F0} s to go" : "")}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bar}, {progress.FilesDone} files looked at, {progress.FilesSkipped} left out, {progress.FilesFailed} failed"),
        };
    }
}
