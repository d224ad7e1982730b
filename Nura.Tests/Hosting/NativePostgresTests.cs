using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Nura.Hosting;
using Nura.Tests.Requirements;

namespace Nura.Tests.Hosting;

public sealed class NativePostgresTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nura-native-");

    public NativePostgresTests()
    {
        if (!OperatingSystem.IsWindows())
        {
            // PostgreSQL may run as another user, who has to get through.
            _folder.UnixFileMode = (UnixFileMode)0b111_101_101;
        }
    }

    private string Data => Path.Combine(_folder.FullName, "data");

    [NativePostgresFact(Timeout = 180_000)]
    public async Task Start_EarlierCreationWasCutShort_BeginsAnew()
    {
        // An initdb that ends in the middle, and says who may read the password.
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "initdb"), """
            #!/bin/sh
            echo 17 > "$2/PG_VERSION"
            for argument; do [ "$before" = --pwfile ] && ls -l "$argument"; before=$argument; done
            exit 1
            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(_folder.FullName, "initdb"), (UnixFileMode)0b111_101_101);
        }

        var failure = await Assert.ThrowsAsync<StartFailedException>(() => StartAsync(new(_folder.FullName), 0));
        Assert.Contains("-rw-------", failure.Message, StringComparison.Ordinal);

        await using var server = await StartAsync(PostgresInstallation.Find()!, 0);

        Assert.Equal(["data", "initdb"], _folder.EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal));
        if (OperatingSystem.IsLinux())
        {
            // The sixth field of its line: it leads a session of its own, which no terminal's Ctrl+C reaches.
            var id = server.ProcessId!.Value.ToString(CultureInfo.InvariantCulture);
            Assert.Equal(id, (await File.ReadAllTextAsync($"/proc/{id}/stat")).Split(' ')[5]);
        }
    }

    // A newer PostgreSQL beside the old one: it cannot open what that one made.
    [Theory]
    [InlineData("15", "15")]
    [InlineData("17", "17")]
    [InlineData("9", "17")]
    [InlineData(null, "17")]
    public void Find_SeveralVersions_PrefersTheOneThatMadeTheCluster(string? maker, string chosen)
    {
        foreach (var (version, file) in from version in (string[])["17", "15", "9"] from file in (string[])["bin/postgres", "bin/initdb", "share/extension/vector.control"] select (version, file))
        {
            // Without the extension the last is no choice.
            if (version != "9" || !file.EndsWith(".control", StringComparison.Ordinal))
            {
                var path = Path.Combine(_folder.FullName, version, file + (OperatingSystem.IsWindows() && file.StartsWith("bin", StringComparison.Ordinal) ? ".exe" : ""));
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, "");
            }
        }

        if (maker is not null)
        {
            Directory.CreateDirectory(Data);
            File.WriteAllText(Path.Combine(Data, "PG_VERSION"), maker + "\n");
        }

        var found = PostgresInstallation.Find(from version in (string[])["17", "15", "9"] select Path.Combine(_folder.FullName, version, "bin"), Data);

        Assert.Equal(Path.Combine(_folder.FullName, chosen, "bin"), found!.BinDirectory);
    }

    [NativePostgresFact(Timeout = 180_000)]
    public async Task Start_PortOfAnotherServer_FailsWithoutAWordToIt()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        await Assert.ThrowsAsync<StartFailedException>(() => StartAsync(PostgresInstallation.Find()!, ((IPEndPoint)other.LocalEndpoint).Port));

        Assert.False(other.Pending());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task<NativePostgres> StartAsync(PostgresInstallation installation, int port) =>
        NativePostgres.StartAsync(installation, Data, port, "test-only", durable: false, NullLogger.Instance, CancellationToken.None);
}
