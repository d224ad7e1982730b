using Npgsql;
using Nura.Rag.Git;

namespace Nura.Rag.Repositories;

/// <summary>Deletes the mirrors of removed repositories that a process which ended, or a file in use, left behind.</summary>
/// <remarks>What merely belongs to no repository stays: another Nura may keep its mirrors in the same folder.</remarks>
internal sealed partial class MirrorCleaner(NpgsqlDataSource database, GitCommand git, TimeProvider time, ILogger<MirrorCleaner> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromHours(1);

    /// <summary>Looks through the folder once.</summary>
    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        var there = Directory.EnumerateDirectories(git.Mirrors, "*.git").Select(folder => Guid.TryParseExact(Path.GetFileNameWithoutExtension(folder), "N", out var id) ? id : Guid.Empty).ToArray();
        await using var command = database.CreateCommand("SELECT array(SELECT id FROM rag.removed_repository WHERE id = ANY($1))");
        command.Parameters.AddWithValue(there);
        foreach (var id in (Guid[])(await command.ExecuteScalarAsync(cancellationToken))!)
        {
            try
            {
                new GitMirror(git, id).Delete();
                LogDeleted(id);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogKept(exception, id);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        do
        {
            try
            {
                await CleanAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(2024, LogLevel.Information, "The mirror of the removed repository {Repository} was left behind; it is deleted")]
    private partial void LogDeleted(Guid repository);

    [LoggerMessage(2025, LogLevel.Warning, "The mirror of the removed repository {Repository} could not be deleted; trying again in an hour")]
    private partial void LogKept(Exception exception, Guid repository);

    [LoggerMessage(2026, LogLevel.Warning, "Mirrors left behind could not be looked for; trying again in an hour")]
    private partial void LogFailed(Exception exception);
}
