using System.Globalization;

namespace Nura.Tests.Hosting;

/// <summary>How the AppHost ends, and how it refuses to start. Its processes are found by /proc, so Linux only.</summary>
public sealed class AppHostProcessTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("nura-apphost-");

    // One system after another on the same data: starting one is most of what such a test costs.
    [LinuxFact(Timeout = 240_000)]
    public async Task AppHost_KilledOrInterrupted_LeavesNothingBehindAndHadItsDataToItself()
    {
        await using (var killed = new AppHostProcess(_data.FullName))
        {
            await killed.ReadyAsync();
            var descendants = killed.Descendants();
            Assert.True(descendants.Count >= 5, $"Expected a database, three services and the watchdog, found {descendants.Count} processes.");

            killed.Kill();
            await killed.ExitAsync();

            await Leftovers.WaitUntilGoneAsync(descendants);
        }

        await using var interrupted = new AppHostProcess(_data.FullName);
        await interrupted.ReadyAsync();
        var remaining = interrupted.Descendants();

        await using var refused = new AppHostProcess(_data.FullName);
        Assert.Equal(1, await refused.ExitAsync());
        Assert.Contains($"Another AppHost (process {interrupted.Id.ToString(CultureInfo.InvariantCulture)})", refused.Output, StringComparison.Ordinal);

        interrupted.Interrupt();
        Assert.Equal(0, await interrupted.ExitAsync());
        await Leftovers.WaitUntilGoneAsync(remaining);
    }

    [LinuxFact(Timeout = 120_000)]
    public async Task AppHost_NothingToRunADatabase_SaysWhatToInstall()
    {
        await using var host = new AppHostProcess(_data.FullName, path: "/nowhere");

        Assert.Equal(1, await host.ExitAsync());
        Assert.Contains("Node 20 or newer", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _data.Delete(recursive: true);
}
