using Npgsql;
using Nura.Hosting;
using Nura.Manifests.Cli;
using Nura.Tests.Databases;
using Nura.Tests.House;

namespace Nura.Tests.Manifests;

/// <summary>The scripts of the jobs image, run as the image runs them but outside of it: against a real server, with a real key.</summary>
public sealed class BackupJobs : IDisposable
{
    // Below the system's temporary folder and open to the account that a database server runs under.
    private readonly ScratchFolder _scratch = new();

    private readonly Lazy<Task<string>> _identity;

    private readonly Lazy<Task<string>> _source;

    private int _folders;

    public BackupJobs()
    {
        _identity = new(MakeIdentityAsync);
        _source = new(FillAsync);
    }

    /// <summary>Connection string of the database that is backed up.</summary>
    internal Task<string> SourceAsync() => _source.Value;

    /// <summary>A new empty folder for backups.</summary>
    internal string Store()
    {
        // Short: a server's socket is made below it, and its path may have 107 characters.
        var folder = _scratch[$"s{Interlocked.Increment(ref _folders)}"];
        Directory.CreateDirectory(folder);
        Open(folder);
        return folder;
    }

    internal static Task<string> EmptyDatabaseAsync() => NativeTestServer.CreateDatabaseAsync();

    internal async Task<(int Code, string Output, string Error)> BackupAsync(string store, string? connectionString = null, params (string Name, string Value)[] more)
    {
        var identity = await _identity.Value;
        var recipient = await ManifestTools.RequireAsync("age-keygen", ["-y"], identity);
        return await RunAsync("backup.sh", [], Database(connectionString ?? await SourceAsync(), ("BACKUP_URL", store), ("BACKUP_RECIPIENT", recipient.Trim()), more));
    }

    internal async Task<(int Code, string Output, string Error)> RestoreAsync(string store, string target, params (string Name, string Value)[] more) =>
        await RunAsync("restore.sh", [], Database(target, ("BACKUP_URL", store), ("BACKUP_IDENTITY", Key(await _identity.Value)), more));

    internal async Task<(int Code, string Output, string Error)> DrillAsync(string store) =>
        await RunAsync("restore-drill.sh", [], new() { ["BACKUP_URL"] = store, ["BACKUP_IDENTITY"] = Key(await _identity.Value) });

    public void Dispose() => _scratch.Dispose();

    private async Task<(int Code, string Output, string Error)> RunAsync(string script, string[] arguments, Dictionary<string, string> environment)
    {
        var work = Store();
        environment["TMPDIR"] = environment["HOME"] = work;
        environment["PATH"] = $"{PostgresInstallation.Find()!.BinDirectory}:{Environment.GetEnvironmentVariable("PATH")}";
        // Copied, as an account without rights may not see the clone.
        var scripts = _scratch["scripts"];
        Directory.CreateDirectory(scripts);
        Open(_scratch.Path);
        Open(scripts);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "manifests", "jobs", "image")).Where(file => !File.Exists(Path.Combine(scripts, Path.GetFileName(file)))))
        {
            File.Copy(file, Path.Combine(scripts, Path.GetFileName(file)));
            Open(Path.Combine(scripts, Path.GetFileName(file)));
        }

        // A database server refuses to run as root, and so does the pod.
        string[] command = Environment.IsPrivilegedProcess && script == "restore-drill.sh"
            ? ["runuser", "-u", PostgresInstallation.UnprivilegedUser(), "--", Path.Combine(scripts, script), .. arguments]
            : [Path.Combine(scripts, script), .. arguments];
        var result = await ToolProcess.ExecuteAsync(command[0], command[1..], "/", environment, null, null, CancellationToken.None);
        Assert.Empty(Directory.EnumerateFileSystemEntries(work, "tmp.*"));
        return result;
    }

    private static Dictionary<string, string> Database(string connectionString, (string, string) store, (string, string) key, (string Name, string Value)[] more)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        var environment = new Dictionary<string, string>
        {
            ["PGHOST"] = parts.Host!,
            ["PGPORT"] = $"{parts.Port}",
            ["PGUSER"] = parts.Username!,
            ["PGPASSWORD"] = parts.Password!,
            ["PGDATABASE"] = parts.Database!,
        };
        foreach (var (name, value) in more.Prepend(store).Prepend(key))
        {
            environment[name] = value;
        }

        return environment;
    }

    private static async Task<string> MakeIdentityAsync() => await ManifestTools.RequireAsync("age-keygen", []);

    private static string Key(string identity) => identity.Split('\n').Single(line => line.StartsWith("AGE-SECRET-KEY-", StringComparison.Ordinal));

    /// <summary>To every account of this machine.</summary>
    private static void Open(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111);
        }
    }

    /// <summary>Nura's own tables, made by its migrations, and rows of every awkward type.</summary>
    private static async Task<string> FillAsync()
    {
        var connectionString = await NativeTestServer.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(connectionString);
        foreach (var schema in (string[])["Rag", "Agents", "Models", "Api"])
        {
            var migrations = Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "Nura." + schema, "Migrations"), "*.sql").Order(StringComparer.Ordinal).Select(File.ReadAllText);
            await ExecuteAsync(source, $"CREATE SCHEMA {schema}; SET search_path = {schema}, public; {string.Join('\n', migrations)}");
        }

        await ExecuteAsync(source, """"
            INSERT INTO rag.repository (id, name, source) VALUES ('00000000-0000-7000-8000-000000000001', 'shop', 'https://git.example.org/shop');
            INSERT INTO rag.embedding (repository, model, content_hash, value)
            SELECT '00000000-0000-7000-8000-000000000001', 'm', decode(md5(i::text), 'hex'), array[sin(i), cos(i), sin(i * 7)]::vector::halfvec FROM generate_series(1, 2000) i;
            CREATE INDEX embedding_near ON rag.embedding USING hnsw ((value::public.halfvec(3)) public.halfvec_ip_ops) WHERE repository = '00000000-0000-7000-8000-000000000001';
            CREATE SCHEMA "Odd ""names""";
            CREATE TABLE "Odd ""names"""."T a" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz DEFAULT now(), raw bytea, doc jsonb, price numeric, ratio double precision,
              words text GENERATED ALWAYS AS (doc ->> 'text') STORED, near public.vector(3), span interval);
            INSERT INTO "Odd ""names"""."T a" (raw, doc, price, ratio, near, span)
            SELECT decode(md5(i::text), 'hex'), jsonb_build_object('text', 'canary-' || i || E'\t\n\\ ñ'), i / 7.0, 1 / i::float8, array[i, i % 7, 1]::vector, make_interval(secs => i) FROM generate_series(1, 1000) i;
            CREATE INDEX ON "Odd ""names"""."T a" USING hnsw (near public.vector_l2_ops);
            CREATE TABLE parts (day date NOT NULL, n int) PARTITION BY RANGE (day);
            CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
            INSERT INTO parts SELECT '2026-03-01', i FROM generate_series(1, 50) i;
            CREATE MATERIALIZED VIEW sums AS SELECT sum(n) AS total FROM parts;
            """");
        return connectionString;
    }

    internal static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    internal static async Task<List<string>> QueryAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
