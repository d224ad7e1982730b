using Npgsql;

namespace Nura.Tests.Databases;

public sealed class DatabaseEngineTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Engine_Vectors_AreOrderedByDistance(string engine)
    {
        await using var source = NpgsqlDataSource.Create(await database.GetAsync(engine));
        await using var command = source.CreateCommand("SELECT array_agg(v ORDER BY v::vector <=> '[1,0]') FROM unnest(ARRAY['[0,1]', '[1,0.1]', '[-1,0]']) v");

        var ordered = Assert.IsType<string[]>(await command.ExecuteScalarAsync());

        Assert.Equal(["[1,0.1]", "[0,1]", "[-1,0]"], ordered);
    }

    /// <summary>The socket server of PGlite shares one backend: without its guard, clients overwrite each other's statement between Parse and Execute.</summary>
    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Engine_ManyClientsAtOnce_EachGetsItsOwnAnswer(string engine)
    {
        await using var source = NpgsqlDataSource.Create(await database.GetAsync(engine));

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            await using var command = source.CreateCommand(i % 2 == 0 ? "SELECT $1::int" : "SELECT length($1::text)");
            command.Parameters.Add(i % 2 == 0 ? new NpgsqlParameter { Value = i } : new NpgsqlParameter { Value = new string('x', i) });
            return (i, await command.ExecuteScalarAsync());
        }));

        Assert.All(answers, answer => Assert.Equal(answer.i, answer.Item2));
    }

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Engine_ClientLeavesInTransaction_OthersGoOn(string engine)
    {
        var connectionString = await database.GetAsync(engine);
        await using (var leaving = new NpgsqlConnection(connectionString + ";Pooling=false"))
        {
            await leaving.OpenAsync();
            await using var begin = new NpgsqlCommand("BEGIN; CREATE TABLE left_behind (id int)", leaving);
            await begin.ExecuteNonQueryAsync();
        }

        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("SELECT to_regclass('left_behind') IS NULL");

        Assert.Equal(true, await command.ExecuteScalarAsync());
    }

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Engine_FailingStatement_LeavesTheConnectionUsable(string engine)
    {
        await using var source = NpgsqlDataSource.Create(await database.GetAsync(engine));
        await using var wrong = source.CreateCommand("SELECT $1::int / 0");
        wrong.Parameters.Add(new NpgsqlParameter { Value = 1 });
        var failure = await Assert.ThrowsAsync<PostgresException>(() => wrong.ExecuteScalarAsync());
        await using var right = source.CreateCommand("SELECT 1");

        Assert.Equal("22012", failure.SqlState);
        Assert.Equal(1, await right.ExecuteScalarAsync());
    }

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Engine_CancelRequest_IsAnsweredByClosing(string engine)
    {
        var address = new NpgsqlConnectionStringBuilder(await database.GetAsync(engine));
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(address.Host!, address.Port);
        // The length, the code of a cancel request, then a process and a key that nobody has.
        await client.GetStream().WriteAsync(new byte[] { 0, 0, 0, 16, 0x04, 0xd2, 0x16, 0x2e, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3, 4 });

        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1]));
    }
}
