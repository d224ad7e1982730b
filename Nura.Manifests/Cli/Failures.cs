using System.CommandLine;

namespace Nura.Manifests.Cli;

/// <summary>Turns what a user can cause into one line and an exit code; anything else is a bug and shows itself in full.</summary>
internal static class Failures
{
    /// <summary>Something the user can put right.</summary>
    public const int UserError = 1;

    /// <summary>Stopped by the user; 128 + SIGINT as shells report it.</summary>
    public const int Cancelled = 130;

    public static async Task<int> ReportAsync(ParseResult parse, Func<Task> action)
    {
        try
        {
            await action();
            return 0;
        }
        catch (ManifestToolException exception)
        {
            await parse.InvocationConfiguration.Error.WriteLineAsync("error: " + exception.Message);
            return UserError;
        }
        catch (OperationCanceledException)
        {
            await parse.InvocationConfiguration.Error.WriteLineAsync("stopped; nothing was changed by the step under way");
            return Cancelled;
        }
    }
}
