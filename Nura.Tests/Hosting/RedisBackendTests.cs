using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Nura.Tests.Hosting;

public sealed class RedisBackendTests
{
    [Fact(Timeout = 180_000)]
    public async Task Redis_CannotStart_ItsConsumersStartWithoutIt()
    {
        await using var test = new TestApplication("--Nura:Backends:cache=native");
        // Where its folder would be; the redis-server may be missing as well.
        await File.WriteAllTextAsync(Path.Combine(test.Folder, "cache"), "in the way");
        var redis = test.Builder.AddRedis("cache");
        var consumer = test.AddShell("consumer", "sleep 1000").WithReference(redis, optional: true);
        await test.StartAsync();

        await test.WaitForStateAsync(redis, KnownResourceStates.FailedToStart);
        await test.WaitForStateAsync(consumer, KnownResourceStates.Running);
    }
}
