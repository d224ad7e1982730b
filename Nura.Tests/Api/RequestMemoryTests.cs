using Nura.Api;

namespace Nura.Tests.Api;

public sealed class RequestMemoryTests
{
    [Fact]
    public void Rent_BlockWasGivenBack_LendsItAgain()
    {
        using var pool = new RequestMemory();
        var first = pool.Rent();
        var other = pool.Rent(100);
        Assert.NotSame(first, other);
        first.Dispose();

        Assert.Same(first, pool.Rent(16 * 1024));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(16 * 1024)]
    [InlineData((16 * 1024) + 1)]
    [InlineData(1_000_000)]
    public void Rent_AnySize_HasAtLeastThat(int least)
    {
        using var pool = new RequestMemory();
        using var rented = pool.Rent(least);

        Assert.True(rented.Memory.Length >= Math.Max(least, 16 * 1024));
    }
}
