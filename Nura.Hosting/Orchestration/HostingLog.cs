using Microsoft.Extensions.Logging;

namespace Nura.Hosting;

/// <summary>Messages that go to the logs of resources.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(6003, LogLevel.Error, "Command '{Command}' failed")]
    public static partial void CommandFailed(ILogger logger, Exception exception, string command);
}
