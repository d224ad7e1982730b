using System.Diagnostics;

namespace Nura.Tests.Hosting;

/// <summary>Processes that should be gone.</summary>
internal static class Leftovers
{
    /// <summary>Returns when none of the processes exists any more; the test's timeout is the limit.</summary>
    public static async Task WaitUntilGoneAsync(IEnumerable<int> ids)
    {
        foreach (var id in ids)
        {
            while (Exists(id))
            {
                await Task.Delay(50);
            }
        }
    }

    private static bool Exists(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            // A zombie whose parent has not asked for its exit code holds nothing.
            return !process.HasExited && !(File.Exists($"/proc/{id}/stat") && File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or IOException)
        {
            return false;
        }
    }
}
