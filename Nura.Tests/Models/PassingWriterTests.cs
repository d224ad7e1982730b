using System.Buffers;
using Nura.Models;

namespace Nura.Tests.Models;

public sealed class PassingWriterTests
{
    [Fact]
    public void Written_MoreThanItBeganWith_IsKeptInOrder()
    {
        using var writer = new PassingWriter(1);
        var expected = Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7)).ToArray();
        foreach (var part in expected.Chunk(997))
        {
            writer.Write(part);
        }

        Assert.True(expected.AsSpan().SequenceEqual(writer.Written.Span));
    }

    [Fact]
    public void Writer_Cleared_WritesAnew()
    {
        using var writer = new PassingWriter();
        writer.Write("before"u8);
        writer.Clear();
        writer.Write("after"u8);

        Assert.Equal("after"u8, writer.Written.Span);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Advance_BeyondItsMemory_IsRefused(int count)
    {
        using var writer = new PassingWriter();
        Assert.Throws<ArgumentOutOfRangeException>(nameof(count), () => writer.Advance(count));
    }

    [Fact]
    public void Writer_Disposed_TakesNothing()
    {
        var writer = new PassingWriter();
        writer.Dispose();
        writer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => writer.GetSpan(1).Length);
        Assert.True(writer.Written.IsEmpty);
    }
}
