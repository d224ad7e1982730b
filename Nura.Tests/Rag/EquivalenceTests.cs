using System.Globalization;
using Npgsql;
using Nura.Contracts;
using Nura.Tests.Databases;

namespace Nura.Tests.Rag;

/// <summary>Following a repository through any edits leads to what indexing its last commit from scratch gives.</summary>
public sealed class EquivalenceTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private static readonly string[] s_words = ["invoice", "order", "customer", "parser", "token", "cache", "retry", "lease"];
    private static readonly string[] s_folders = ["", "src/", "src/api/", "docs/", "tests/unit/", "vendor/x/", "odd name/ä/"];
    private static readonly string[] s_names = ["a.cs", "b.py", "c.go", "README.md", "data.json", "image.png", "notes", "package-lock.json"];

    // What the history says of files kept out by size or an ignore file depends on when it was read, so such come only where it is left out.
    [Theory(Timeout = 300_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public Task Follow_RandomEditsAndIgnoreFiles_EqualsFromScratch(string engine) => FollowAsync(engine, seed: 1, ignores: true);

    [Theory(Timeout = 300_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public Task Follow_RandomEditsWithHistory_EqualsFromScratch(string engine) => FollowAsync(engine, seed: 2, ignores: false);

    private async Task FollowAsync(string engine, int seed, bool ignores)
    {
        var steps = engine == DatabaseFixture.Pglite ? 3 : 4;
        var connectionString = await database.GetAsync(engine);
        await using var host = new RagHost(connectionString, ("Nura:Rag:HistoryCommits", ignores ? "0" : "50"));
        using var sample = new SampleRepository(host.Root);
        await using var source = NpgsqlDataSource.Create(connectionString);
        var random = new Random(seed);
        for (var i = 0; i < 25; i++)
        {
            Edit(sample, random, ignores);
            if (i % 5 == 0)
            {
                sample.Commit();
            }
        }

        sample.Commit();
        var followed = await host.AddAsync(sample.Path, $"followed-{engine}-{seed}");
        for (var step = 0; step < steps; step++)
        {
            Move(sample, random, ignores);
            followed = await host.IndexAsync(followed.Id);
            var scratch = await host.AddAsync(sample.Path, $"scratch-{engine}-{seed}-{step}", "main");

            Assert.Equal((RepositoryState.Ready, scratch.Commit, scratch.Files, scratch.Chunks), (followed.State, followed.Commit, followed.Files, followed.Chunks));
            Assert.Equal(await TreeAsync(source, scratch.Id), await TreeAsync(source, followed.Id));
            Assert.Equal(await CommitsAsync(source, scratch.Id), await CommitsAsync(source, followed.Id));
            foreach (var query in new[] { "invoice order", "parser token cache", "customer" })
            {
                Assert.Equal(await FoundAsync(host, scratch.Id, query), await FoundAsync(host, followed.Id, query));
            }

            Assert.Equal(await LinesAsync(host, scratch.Id), await LinesAsync(host, followed.Id));
            await host.Rag.DeleteAsync(scratch.Id, CancellationToken.None);
        }
    }

    private static void Move(SampleRepository sample, Random random, bool ignores)
    {
        switch (int.Parse(sample.Git("rev-list", "--count", "HEAD"), CultureInfo.InvariantCulture) < 4 ? 5 : random.Next(6))
        {
            case 0:
                // As if somebody had forced an older commit, and went on from there.
                sample.Git("reset", "--quiet", "--hard", $"HEAD~{random.Next(1, 3)}");
                break;
            case 1:
                sample.Git("revert", "--no-edit", "HEAD");
                sample.Git("reset", "--quiet", "--hard");
                break;
            case 2:
                sample.Git("checkout", "--quiet", "-B", "side", "HEAD~1");
                Edit(sample, random, ignores);
                sample.Commit();
                sample.Git("checkout", "--quiet", "main");
                sample.Git("merge", "--quiet", "--no-edit", "-X", "ours", "side");
                sample.Git("reset", "--quiet", "--hard");
                break;
        }

        for (var edits = random.Next(1, 6); edits > 0; edits--)
        {
            Edit(sample, random, ignores);
        }

        sample.Commit();
    }

    private static void Edit(SampleRepository sample, Random random, bool ignores)
    {
        var files = Directory.EnumerateFiles(sample.Path, "*", SearchOption.AllDirectories)
            .Where(file => !file.StartsWith(Path.Combine(sample.Path, ".git") + Path.DirectorySeparatorChar, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        var path = $"{s_folders[random.Next(s_folders.Length)]}{s_words[random.Next(s_words.Length)]}{s_names[random.Next(s_names.Length)]}";
        switch (files.Count < 5 ? 9 : random.Next(10))
        {
            case 0:
                File.Delete(files[random.Next(files.Count)]);
                break;
            case 1:
                var target = Path.Combine(sample.Path, path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Move(files[random.Next(files.Count)], target, overwrite: true);
                break;
            case 2:
                File.AppendAllText(files[random.Next(files.Count)], $"// {Words(random)}\n");
                break;
            case 3 when ignores:
                sample.Write($"{s_folders[random.Next(s_folders.Length)]}.nuraignore", random.Next(2) == 0 ? "" : $"{s_words[random.Next(s_words.Length)]}*\n!*.md\n");
                break;
            case 4:
                sample.Write(path, random.Next(ignores ? 3 : 2) switch { 0 => "a\0b", 1 => new string('x', 2000), _ => "" });
                break;
            default:
                sample.Write(path, string.Concat(Enumerable.Range(0, random.Next(1, 50)).Select(_ => $"class {s_words[random.Next(s_words.Length)]} {{ }} // {Words(random)}\n")));
                break;
        }
    }

    private static string Words(Random random) => string.Join(' ', Enumerable.Range(0, 5).Select(_ => s_words[random.Next(s_words.Length)]));

    private static Task<List<string>> TreeAsync(NpgsqlDataSource source, Guid repository) => RowsAsync(
        source,
        """
        SELECT concat_ws('|', t.path, b.oid, b.language, b.chunks, t.failed, coalesce(t.reason, b.reason),
            (SELECT count(*) FROM rag.chunk c WHERE c.blob = b.id), (SELECT string_agg(s.name, ',' ORDER BY s.ordinal) FROM rag.symbol s WHERE s.blob = b.id))
        FROM rag.tree t LEFT JOIN rag.blob b ON b.id = t.blob WHERE t.repository = $1 ORDER BY 1
        """,
        repository);

    private static Task<List<string>> CommitsAsync(NpgsqlDataSource source, Guid repository) =>
        RowsAsync(source, "SELECT concat_ws('|', sha, subject, files) FROM rag.commit_doc WHERE repository = $1 ORDER BY 1", repository);

    private static async Task<List<string>> RowsAsync(NpgsqlDataSource source, string sql, Guid repository)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.AddWithValue(repository);
        var rows = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    private static async Task<List<string>> FoundAsync(RagHost host, Guid repository, string query) =>
        [.. (await host.Rag.SearchAsync(new SearchRequest(query, [repository], 200), CancellationToken.None)).Hits
            .Select(hit => $"{hit.Citation.Commit}:{hit.Citation.Path}#{hit.Citation.StartLine}-{hit.Citation.EndLine} {string.Join(',', hit.Terms)} {hit.Text}").Order(StringComparer.Ordinal)];

    private static async Task<List<string>> LinesAsync(RagHost host, Guid repository) =>
        [.. (await host.Rag.GrepAsync(new GrepRequest("class", Repositories: [repository], Take: 1000), CancellationToken.None)).Matches
            .Select(match => $"{match.Citation.Commit}:{match.Citation.Path}#{match.Citation.StartLine} {match.Text}")];
}
