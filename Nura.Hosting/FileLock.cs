using System.Globalization;

namespace Nura.Hosting;

/// <summary>A lock that ends with the process that holds it, however that ends.</summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _stream;

    private FileLock(FileStream stream) => _stream = stream;

    /// <summary>Takes the lock, or returns null when another process has it.</summary>
    public static FileLock? TryTake(string path)
    {
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>Takes a lock that is held for moments only.</summary>
    /// <exception cref="TimeoutException">It was held for 10 seconds.</exception>
    public static FileLock Wait(string path)
    {
        for (var attempt = 0; attempt < 500; attempt++)
        {
            if (TryTake(path) is { } taken)
            {
                return taken;
            }

            using var pause = new ManualResetEventSlim();
            pause.Wait(TimeSpan.FromMilliseconds(20));
        }

        throw new TimeoutException($"Another process has held '{path}' for 10 seconds.");
    }

    /// <summary>Leaves the holder's process id beside the lock, for the message that others show.</summary>
    public static void WriteHolder(string path) => File.WriteAllText(path + ".pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    /// <summary>The process id of the holder, if it left one.</summary>
    public static string? ReadHolder(string path) => File.Exists(path + ".pid") ? File.ReadAllText(path + ".pid").Trim() : null;

    public void Dispose() => _stream.Dispose();
}
