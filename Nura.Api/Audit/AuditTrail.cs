using Nura.Api.Keys;

namespace Nura.Api.Audit;

/// <summary>Notes who changed what for others, or signed in.</summary>
internal sealed partial class AuditTrail(AuditStore store, ILogger<AuditTrail> logger)
{
    /// <summary>Notes what was done. It is done already, so nothing stops this: not a caller who has gone, and what the database does not take stands in the log.</summary>
    public async Task WriteAsync(KeyHolder actor, string action, AuditSubject? subject)
    {
        try
        {
            await store.InsertAsync(actor, action, subject, CancellationToken.None);
            LogDone(actor.Id, action, subject?.Id);
        }
        catch (Exception exception)
        {
            LogNotKept(exception, actor.Id, action, subject?.Id);
        }
    }

    [LoggerMessage(1061, LogLevel.Information, "Audit: {Actor} {Action} {Subject}")]
    private partial void LogDone(Guid actor, string action, string? subject);

    [LoggerMessage(1062, LogLevel.Error, "Audit: {Actor} {Action} {Subject}; the trail in the database lacks this entry")]
    private partial void LogNotKept(Exception exception, Guid actor, string action, string? subject);
}
