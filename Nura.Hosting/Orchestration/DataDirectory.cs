using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Nura.Hosting;

/// <summary>Where the application's databases live: outside the clone, one folder per AppHost, used by one AppHost at a time.</summary>
internal sealed class DataDirectory(IConfiguration configuration, AppHostInfo appHost) : IDisposable
{
    /// <summary>Chooses another folder than the usual one. The builder writes the absolute path of the folder under it.</summary>
    public const string Key = "Nura:DataDirectory";

    private FileLock? _claim;

    public string Path { get; } = Choose(configuration, appHost.Directory);

    /// <summary>The folder of an AppHost.</summary>
    public static string Choose(IConfiguration configuration, string appHostDirectory) => configuration[Key] is { Length: > 0 } chosen
        ? System.IO.Path.GetFullPath(chosen, appHostDirectory)
        : System.IO.Path.Combine(Root(), "nura", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(appHostDirectory)))[..12]);

    /// <summary>The folder of a volume.</summary>
    public string Volume(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Takes the folder for this process until it ends.</summary>
    /// <exception cref="StartFailedException">Another AppHost has it, or it cannot be written.</exception>
    public void Claim()
    {
        var path = System.IO.Path.Combine(Path, "lock");
        try
        {
            // Nobody else's business; but root's PostgreSQL runs as another user, who has to get through.
            PrivateFiles.CreateFolder(Path, passable: Environment.IsPrivilegedProcess);
            _claim = FileLock.TryTake(path);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new StartFailedException($"The data folder '{Path}' cannot be written: {exception.Message} The key 'Nura:DataDirectory' chooses another.");
        }

        if (_claim is null)
        {
            throw new StartFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"Another AppHost (process {FileLock.ReadHolder(path) ?? "unknown"}) uses the data in '{Path}'. Stop it first, or start this one with another folder: --Nura:DataDirectory=<folder>."));
        }

        FileLock.WriteHolder(path);
    }

    public void Dispose() => _claim?.Dispose();

    /// <summary>Root has no home that the database's own user could enter, and a place for such data instead.</summary>
    private static string Root() =>
        Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data ? data
        : OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess ? "/var/lib"
        : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
}
