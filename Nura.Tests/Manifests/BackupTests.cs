using System.Text;
using System.Text.Json;
using Npgsql;
using Nura.Tests.Fakes;
using Nura.Tests.Requirements;
using static Nura.Tests.Manifests.BackupJobs;

namespace Nura.Tests.Manifests;

/// <summary>What is dumped comes back whole, and what is not whole does not count.</summary>
public sealed class BackupTests(BackupJobs jobs) : IClassFixture<BackupJobs>
{
    private const string Neighbours = """"
        SELECT id || ' ' || round((near <-> '[500, 3, 1]')::numeric, 4) FROM "Odd ""names"""."T a" ORDER BY near <-> '[500, 3, 1]', id LIMIT 20
        """";

    [BackupFact]
    public async Task Backup_Restored_HoldsTheSameRowsAndNeighbours()
    {
        var store = jobs.Store();
        var target = await EmptyDatabaseAsync();

        var backup = Succeeded(await jobs.BackupAsync(store));
        var restored = Succeeded(await jobs.RestoreAsync(store, target));

        Assert.Equal(backup.GetProperty("backup").GetString(), restored.GetString());
        Assert.Equal(await QueryAsync(await jobs.SourceAsync(), Neighbours), await QueryAsync(target, Neighbours));
        const string Rows = "SELECT t::text FROM rag.embedding t UNION ALL SELECT t::text FROM \"Odd \"\"names\"\"\".\"T a\" t UNION ALL SELECT total::text FROM sums ORDER BY 1";
        var rows = await QueryAsync(target, Rows);
        Assert.Equal(3001, rows.Count);
        Assert.Equal(await QueryAsync(await jobs.SourceAsync(), Rows), rows);
    }

    [BackupFact]
    public async Task Drill_NewestBackup_ComesBackWholeOnAServerOfItsOwn()
    {
        var store = jobs.Store();
        var backup = Succeeded(await jobs.BackupAsync(store));

        var drill = Succeeded(await jobs.DrillAsync(store));

        Assert.Equal(backup.GetProperty("backup").GetString(), drill.GetProperty("restored").GetString());
        Assert.True(drill.GetProperty("tables").GetInt32() > 15);
    }

    [BackupFact]
    public async Task Backup_Stored_IsReadableByNobodyWithoutTheKey()
    {
        var store = jobs.Store();

        Succeeded(await jobs.BackupAsync(store));

        var dump = await File.ReadAllBytesAsync(Assert.Single(Directory.EnumerateFiles(store, "*.dump.age")));
        Assert.StartsWith("age-encryption.org/v1", Encoding.Latin1.GetString(dump), StringComparison.Ordinal);
        // PostgreSQL's own dumps begin so, and hold names of tables as they are.
        Assert.DoesNotContain("PGDMP", Encoding.Latin1.GetString(dump), StringComparison.Ordinal);
        Assert.DoesNotContain("embedding", Encoding.Latin1.GetString(dump), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", await File.ReadAllTextAsync(Assert.Single(Directory.EnumerateFiles(store, "*.manifest"))), StringComparison.Ordinal);
    }

    [BackupFact]
    public async Task Backup_WhileRowsArrive_IsOfOneMoment()
    {
        var busy = await EmptyDatabaseAsync();
        var target = await EmptyDatabaseAsync();
        var store = jobs.Store();
        await using var source = NpgsqlDataSource.Create(busy);
        await ExecuteAsync(source, "CREATE TABLE first (n bigint); CREATE TABLE second (n bigint)");
        using var stop = new CancellationTokenSource();
        var written = 0;
        var started = new TaskCompletionSource();
        var writer = Task.Run(async () =>
        {
            // Both tables grow together, so a reader of one moment finds them equal.
            for (; !stop.IsCancellationRequested; written++)
            {
                await ExecuteAsync(source, $"BEGIN; INSERT INTO first VALUES ({written}); INSERT INTO second VALUES ({written}); COMMIT");
                started.TrySetResult();
            }
        });
        await Task.WhenAny(started.Task, writer);

        var backup = await jobs.BackupAsync(store, busy);
        await stop.CancelAsync();
        await writer;

        Succeeded(backup);
        Succeeded(await jobs.RestoreAsync(store, target));
        var counts = await QueryAsync(target, "SELECT count(*)::text FROM first UNION ALL SELECT count(*)::text FROM second");
        Assert.Equal(counts[0], counts[1]);
        Assert.InRange(int.Parse(counts[0], System.Globalization.CultureInfo.InvariantCulture), 1, written);
    }

    // 1 ms is to the dump of a small database what RDS' minute is to that of a large one.
    [BackupFact]
    public async Task Backup_ServerEndsIdleTransactions_KeepsItsSnapshot() =>
        Succeeded(await jobs.BackupAsync(jobs.Store(), null, ("PGOPTIONS", "-c idle_in_transaction_session_timeout=1ms")));

    [BackupFact]
    public async Task Restore_DamagedDump_IsRefused()
    {
        var (store, target) = await StoredAsync();
        var file = Assert.Single(Directory.EnumerateFiles(store, "*.dump.age"));
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        var (code, _, error) = await jobs.RestoreAsync(store, target);

        Assert.NotEqual(0, code);
        Assert.Contains("is damaged: its checksum", error, StringComparison.Ordinal);
        Assert.Empty(await QueryAsync(target, "SELECT relname::text FROM pg_stat_user_tables"));
    }

    [BackupFact]
    public async Task Restore_RowMissing_SaysWhichTable()
    {
        var (store, target) = await StoredAsync();
        var file = Assert.Single(Directory.EnumerateFiles(store, "*.manifest"));
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("table rag.embedding 2000 ", "table rag.embedding 2001 ", StringComparison.Ordinal));

        var (code, _, error) = await jobs.RestoreAsync(store, target);

        Assert.NotEqual(0, code);
        Assert.Contains("< table rag.embedding 2001", error, StringComparison.Ordinal);
        Assert.Contains("is not what was dumped", error, StringComparison.Ordinal);
    }

    [BackupFact]
    public async Task Restore_DatabaseInUse_IsRefused()
    {
        var (store, _) = await StoredAsync();

        var (code, _, error) = await jobs.RestoreAsync(store, await jobs.SourceAsync());

        Assert.NotEqual(0, code);
        Assert.Contains("restore into an empty one", error, StringComparison.Ordinal);
    }

    [BackupFact]
    public async Task Restore_AnotherKey_IsRefused()
    {
        var (store, target) = await StoredAsync();
        var other = (await ManifestTools.RequireAsync("age-keygen", [])).Trim().Split('\n')[^1];

        var (code, _, error) = await jobs.RestoreAsync(store, target, ("BACKUP_IDENTITY", other));

        Assert.NotEqual(0, code);
        Assert.Contains("cannot be decrypted or restored", error, StringComparison.Ordinal);
        Assert.DoesNotContain(other, error, StringComparison.Ordinal);
    }

    [BackupFact]
    public async Task Drill_DumpWithoutManifest_DoesNotCount()
    {
        var (store, _) = await StoredAsync();
        File.Delete(Assert.Single(Directory.EnumerateFiles(store, "*.manifest")));

        var (code, _, error) = await jobs.DrillAsync(store);

        Assert.NotEqual(0, code);
        Assert.Contains("there is no backup", error, StringComparison.Ordinal);
    }

    [BackupFact]
    public async Task Drill_OnlyOldBackups_Fails()
    {
        var (store, _) = await StoredAsync();
        foreach (var file in Directory.EnumerateFiles(store).ToList())
        {
            File.Move(file, System.Text.RegularExpressions.Regex.Replace(file, "nura-[0-9TZ]+", "nura-20260101T003000Z"));
        }

        var (code, _, error) = await jobs.DrillAsync(store);

        Assert.NotEqual(0, code);
        Assert.Matches("the newest backup, 'nura-20260101T003000Z', is [0-9]+ hours old", error);
    }

    [BackupFact]
    public async Task Backup_DatabaseRefuses_StoresNothingAndKeepsOldOnes()
    {
        var store = jobs.Store();
        await File.WriteAllTextAsync(Path.Combine(store, "nura-20260101T003000Z.manifest"), "");

        var (code, _, error) = await jobs.BackupAsync(store, null, ("PGPASSWORD", "wrong"), ("BACKUP_KEEP_DAYS", "7"));

        Assert.NotEqual(0, code);
        Assert.Contains("cannot begin", error, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", error, StringComparison.Ordinal);
        Assert.Equal("nura-20260101T003000Z.manifest", Path.GetFileName(Assert.Single(Directory.EnumerateFiles(store))));
    }

    [BackupFact]
    public async Task Backup_KeyOfAnotherKind_StoresNothing()
    {
        var store = jobs.Store();

        var (code, _, error) = await jobs.BackupAsync(store, null, ("BACKUP_RECIPIENT", "age1nonsense"));

        Assert.NotEqual(0, code);
        Assert.Contains("the dump failed", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(store));
    }

    [BackupFact]
    public async Task Folder_OldBackups_AreRemovedAfterANewOne()
    {
        var store = jobs.Store();
        var recent = $"nura-{TimeProvider.System.GetUtcNow().AddDays(-3):yyyyMMdd'T'HHmmss'Z'}";
        foreach (var name in (string[])["nura-20260101T003000Z", "nura-20260102T003000Z", recent])
        {
            await File.WriteAllTextAsync(Path.Combine(store, name + ".manifest"), "");
            await File.WriteAllTextAsync(Path.Combine(store, name + ".dump.age"), "");
        }

        var backup = Succeeded(await jobs.BackupAsync(store, null, ("BACKUP_KEEP_DAYS", "7")));

        Assert.Equal(
            new[] { recent, backup.GetProperty("backup").GetString()! }.SelectMany(name => (string[])[name + ".dump.age", name + ".manifest"]).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(store).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [BackupFact("aws")]
    public async Task Bucket_BackupAndRestore_GoThroughTheOfficialClient()
    {
        await using var bucket = await FakeS3.StartAsync();
        (string, string)[] cloud =
        [
            ("BACKUP_S3_ENDPOINT", bucket.Url), ("AWS_ACCESS_KEY_ID", AwsSignature.AccessKey), ("AWS_SECRET_ACCESS_KEY", AwsSignature.Secret),
            ("AWS_REGION", "us-east-1"), ("AWS_DEFAULT_REGION", "us-east-1"), ("AWS_EC2_METADATA_DISABLED", "true"),
        ];
        var target = await EmptyDatabaseAsync();

        var early = await jobs.RestoreAsync("s3://backups/postgres", target, cloud);
        var backup = Succeeded(await jobs.BackupAsync("s3://backups/postgres", null, cloud)).GetProperty("backup").GetString();
        var restored = Succeeded(await jobs.RestoreAsync("s3://backups/postgres", target, cloud));

        Assert.Contains("there is no backup in 's3://backups/postgres'", early.Error, StringComparison.Ordinal);
        Assert.Equal(backup, restored.GetString());
        Assert.Equal([$"backups/postgres/{backup}.dump.age", $"backups/postgres/{backup}.manifest"], bucket.Objects.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["2000"], await QueryAsync(target, "SELECT count(*)::text FROM rag.embedding"));
    }

    [ToolFact("shellcheck")]
    public async Task Scripts_Checked_HaveNoFinding() =>
        await ManifestTools.RequireAsync("shellcheck", ["--external-sources", "--source-path=SCRIPTDIR", .. Directory.EnumerateFiles(Path.Combine(EnvironmentRenderings.Folder, "jobs", "image"), "*.sh")]);

    private async Task<(string Store, string Target)> StoredAsync()
    {
        var store = jobs.Store();
        Succeeded(await jobs.BackupAsync(store));
        return (store, await EmptyDatabaseAsync());
    }

    /// <summary>The last line printed: JSON, or a bare name.</summary>
    private static JsonElement Succeeded((int Code, string Output, string Error) run)
    {
        Assert.True(run.Code == 0, run.Error + run.Output);
        var line = run.Output.Trim().Split('\n')[^1];
        return JsonSerializer.Deserialize<JsonElement>(line.StartsWith('{') ? line : $"\"{line}\"");
    }
}
