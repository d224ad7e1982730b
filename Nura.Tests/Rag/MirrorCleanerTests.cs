using Nura.Rag.Repositories;
using Nura.Tests.Databases;

namespace Nura.Tests.Rag;

public sealed class MirrorCleanerTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Theory(Timeout = 120_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Start_MirrorOfARemovedRepositoryLeftBehind_IsDeletedAndNoOther(string engine)
    {
        await using var host = new RagHost(await database.GetAsync(engine));
        using var sample = new SampleRepository(host.Root);
        using var other = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class Removed { }\n");
        other.Commit("a.cs", "class Kept { }\n");
        var (removed, kept) = (await host.AddAsync(sample.Path), await host.AddAsync(other.Path));
        var foreign = Directory.CreateDirectory(Path.Combine(host.Mirrors, $"{Guid.CreateVersion7():N}.git")).FullName;
        var unknown = Directory.CreateDirectory(Path.Combine(host.Mirrors, "unknown.git")).FullName;

        // As by a process that ends before it comes to the folder.
        await host.Get<RepositoryStore>().DeleteAsync(removed.Id, CancellationToken.None);
        await using (var second = new RagHost(await database.GetAsync(engine), ("Nura:Rag:MirrorDirectory", host.Mirrors)))
        {
            await second.Logs.WhenLogged(2024);
            Assert.False(Directory.Exists(Path.Combine(host.Mirrors, $"{removed.Id:N}.git")));
        }

        Assert.All([foreign, unknown, Path.Combine(host.Mirrors, $"{kept.Id:N}.git")], folder => Assert.True(Directory.Exists(folder)));
    }
}
