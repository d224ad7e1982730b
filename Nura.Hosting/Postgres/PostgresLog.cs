using Microsoft.Extensions.Logging;

namespace Nura.Hosting;

/// <summary>What databases say while they start and run.</summary>
internal static partial class PostgresLog
{
    [LoggerMessage(EventId = 6150, Message = "{Line}")]
    public static partial void Line(ILogger logger, LogLevel level, string line);

    [LoggerMessage(6151, LogLevel.Information, "Restoring PGlite into {Directory} (once; about 30 MB)")]
    public static partial void Restoring(ILogger logger, string directory);

    [LoggerMessage(6152, LogLevel.Information, "PGlite restored")]
    public static partial void Restored(ILogger logger);

    [LoggerMessage(6153, LogLevel.Information, "Creating a database cluster in {Directory}")]
    public static partial void Initializing(ILogger logger, string directory);
}
