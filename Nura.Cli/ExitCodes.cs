namespace Nura.Cli;

/// <summary>How the tool ends, so that scripts can tell.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>As grep does.</summary>
    public const int NothingFound = 1;

    public const int Failed = 2;

    /// <summary>128 + SIGINT as shells report it.</summary>
    public const int Interrupted = 130;
}
