using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Nura.Hosting;
using Nura.Tests.Requirements;
using static Nura.Tests.Manifests.ManifestTools;

namespace Nura.Tests.Manifests;

/// <summary>The connection string that production renders, against a server with a certificate: it must find out who answers.</summary>
public sealed class DatabaseTlsTests
{
    private static readonly IReadOnlyList<OrderedDictionary<string, object?>> s_production =
        Documents(File.ReadAllText(Path.Combine(EnvironmentRenderings.Folder, "rendered", "production", "nura.yaml")));

    [Theory]
    [InlineData("api")]
    [InlineData("agents")]
    [InlineData("rag")]
    public void Services_EveryOne_MountTheAuthoritiesTheyName(string name)
    {
        var workload = Workload(name);
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString(name));

        Assert.Equal(SslMode.VerifyFull, settings.SslMode);
        Assert.Contains(List(List(workload, "spec.template.spec.containers")[0], "volumeMounts"), mount => Text(mount, "mountPath") == Path.GetDirectoryName(settings.RootCertificate) && Text(mount, "name") == "rds-ca");
        Assert.Contains(List(workload, "spec.template.spec.volumes"), volume => Text(volume, "configMap.name") == "rds-ca");
        // Amazon's file is Amazon's to publish.
        Assert.DoesNotContain(s_production, document => Text(document, "kind") == "ConfigMap" && Text(document, "metadata.name") == "rds-ca");
    }

    [NativePostgresFact]
    public async Task ConnectionString_CertificateOfAnother_IsRefused()
    {
        using var scratch = new ScratchFolder();
        using var authority = Authority("ours");
        using var stranger = Authority("somebody else's");
        await using var server = await ServerAsync(scratch, authority);
        var bundle = scratch.Write("bundle.pem", stranger.ExportCertificatePem() + "\n" + authority.ExportCertificatePem() + "\n");
        var wrong = scratch.Write("wrong.pem", stranger.ExportCertificatePem() + "\n");

        Assert.Equal("secret", await AnswerAsync("localhost", bundle));
        Assert.IsType<AuthenticationException>((await Assert.ThrowsAsync<NpgsqlException>(() => AnswerAsync("localhost", wrong))).InnerException);
        // The right authority, another name.
        Assert.IsType<AuthenticationException>((await Assert.ThrowsAsync<NpgsqlException>(() => AnswerAsync("127.0.0.1", bundle))).InnerException);

        async Task<string?> AnswerAsync(string host, string authorities)
        {
            var settings = new NpgsqlConnectionStringBuilder(ConnectionString("api"))
            {
                Host = host, Port = server.Port, RootCertificate = authorities, Username = "postgres", Password = "secret", Database = "postgres", Pooling = false,
            };
            await using var source = NpgsqlDataSource.Create(settings);
            await using var command = source.CreateCommand("SELECT CASE WHEN ssl THEN 'secret' END FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
            return (string?)await command.ExecuteScalarAsync();
        }
    }

    private static OrderedDictionary<string, object?> Workload(string name) =>
        Assert.Single(s_production, document => Text(document, "metadata.name") == name && Text(document, "kind") is "Deployment" or "Rollout");

    private static string ConnectionString(string workload) => Text(
        Assert.Single(List(List(Workload(workload), "spec.template.spec.containers")[0], "env"), entry => Text(entry, "name") == "ConnectionStrings__nura"), "value");

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30));
    }

    /// <summary>A server whose certificate names "localhost" only.</summary>
    private static async Task<NativePostgres> ServerAsync(ScratchFolder scratch, X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(20), RandomNumberGenerator.GetBytes(8));
        scratch.Write("server.crt", certificate.ExportCertificatePem() + "\n");
        scratch.Write("server.key", key.ExportPkcs8PrivateKeyPem() + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(scratch["server.key"], UnixFileMode.UserRead);
            File.SetUnixFileMode(scratch.Path, (UnixFileMode)0b111_101_101);
        }

        if (Environment.IsPrivilegedProcess)
        {
            await RequireAsync("chown", [PostgresInstallation.UnprivilegedUser(), scratch["server.key"], scratch["server.crt"]]);
        }

        var server = await NativePostgres.StartAsync(PostgresInstallation.Find()!, scratch["data"], 0, "secret", durable: false, NullLogger.Instance, CancellationToken.None);
        var plain = $"Host=127.0.0.1;Port={server.Port};Username=postgres;Password=secret;Database=postgres;SSL Mode=Disable;Pooling=false";
        await using var source = NpgsqlDataSource.Create(plain);
        foreach (var statement in (string[])[$"ALTER SYSTEM SET ssl_cert_file = '{scratch["server.crt"]}'", $"ALTER SYSTEM SET ssl_key_file = '{scratch["server.key"]}'", "ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()"])
        {
            await BackupJobs.ExecuteAsync(source, statement);
        }

        // The reload reaches the listener a moment later.
        using var guard = new CancellationTokenSource(TimeSpan.FromSeconds(180));
        while ((await BackupJobs.QueryAsync(plain, "SHOW ssl"))[0] != "on")
        {
            guard.Token.ThrowIfCancellationRequested();
        }

        return server;
    }
}
