using Nura.Models;

namespace Nura.Tests.Models;

public sealed class UsageRowTests
{
    [Fact]
    public void NewId_ManyAtOnce_AreOfVersion7AndAllDifferent()
    {
        var at = new DateTimeOffset(2026, 11, 29, 4, 0, 0, 123, TimeSpan.Zero);
        var ids = Enumerable.Range(0, 100_000).Select(_ => UsageRow.NewId(at)).ToList();

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(id.Version == 7 && id.Variant is >= 8 and <= 11, $"{id}"));
    }

    [Fact]
    public void NewId_OfLaterCall_SortsBehind()
    {
        var at = new DateTimeOffset(2026, 11, 29, 4, 0, 0, TimeSpan.Zero);
        var ids = Enumerable.Range(0, 1_000).Select(i => UsageRow.NewId(at.AddMilliseconds(i))).ToList();

        Assert.Equal(ids.Order(), ids);
        // The time is where the framework's own has it.
        Assert.Equal($"{Guid.CreateVersion7(at)}"[..13], $"{ids[0]}"[..13]);
    }
}
