using Nura.Agents.Runs;
using Nura.Contracts;

namespace Nura.Tests.Agents;

public sealed class LiveRunTests
{
    [Theory(Timeout = 30_000)]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    [InlineData(1_000_001, 0)]
    public async Task Read_FromAnyPlaceOfAnEndedRun_Ends(long after, int entries)
    {
        using var run = new LiveRun(Guid.CreateVersion7(), AgentsHost.Ask("anything"), null, null, DateTimeOffset.UnixEpoch, 0, CancellationToken.None);
        run.Append(new RunToken("word"));
        run.Append(new RunDone(RunState.Completed, "stop", null, 0, 0, 0, 0));

        Assert.Equal(entries, await run.ReadAsync(after, CancellationToken.None).CountAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Read_FromBehindTheEnd_EndsWithTheRun()
    {
        using var run = new LiveRun(Guid.CreateVersion7(), AgentsHost.Ask("anything"), null, null, DateTimeOffset.UnixEpoch, 0, CancellationToken.None);
        var reading = run.ReadAsync(7, CancellationToken.None).CountAsync().AsTask();
        run.Append(new RunDone(RunState.Completed, "stop", null, 0, 0, 0, 0));

        Assert.Equal(0, await reading);
    }
}
