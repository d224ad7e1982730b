using System.Text;
using System.Text.Json.Nodes;
using Nura.Models;
using Nura.Tests.Fakes;

namespace Nura.Tests.Models;

public sealed class EventFrameTests
{
    /// <summary>A frame as AWS' own SDK writes it.</summary>
    private const string Golden =
        "000000760000005296d5fade0b3a6576656e742d7479706507000c6d65737361676553746172740d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e"
        + "0d3a6d6573736167652d747970650700056576656e747b22726f6c65223a22617373697374616e74227d6fa8c599";

    [Fact]
    public void Parse_FrameOfTheSdk_HasItsTypeAndBody()
    {
        var frame = EventFrame.Parse(Convert.FromHexString(Golden));
        Assert.Equal(("event", "messageStart", """{"role":"assistant"}"""), (frame.MessageType, frame.Type, Encoding.UTF8.GetString(frame.Payload.Span)));
    }

    [Fact]
    public void Event_OfTheDouble_IsTheFrameOfTheSdk() =>
        Assert.Equal(Golden, Convert.ToHexStringLower(EventFrames.Event("messageStart", new JsonObject { ["role"] = "assistant" })));

    [Fact]
    public void Parse_AnyByteChanged_IsRefused()
    {
        var golden = Convert.FromHexString(Golden);
        for (var i = 0; i < golden.Length; i++)
        {
            var broken = golden.ToArray();
            broken[i] ^= 0x20;
            Assert.Throws<InvalidDataException>(() => EventFrame.Length(broken) == broken.Length ? EventFrame.Parse(broken) : throw new InvalidDataException());
        }
    }

    [Theory(Timeout = 180_000)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(118)]
    [InlineData(5000)]
    public async Task Next_StreamCutAnywhere_GivesEveryFrame(int pieces)
    {
        var frames = Enumerable.Range(0, 300).Select(i => EventFrames.Event("contentBlockDelta", new JsonObject { ["n"] = i, ["p"] = new string('x', i * 20) })).ToList();
        await using var reader = new EventStreamReader(new PiecewiseStream([.. frames.SelectMany(frame => frame)], pieces));
        for (var i = 0; i < frames.Count; i++)
        {
            var frame = await reader.NextAsync(CancellationToken.None);
            Assert.Equal(i, (int)JsonNode.Parse(frame!.Value.Payload.Span)!["n"]!);
        }

        Assert.Null(await reader.NextAsync(CancellationToken.None));
    }

    [Fact(Timeout = 180_000)]
    public async Task Next_StreamEndsInsideAFrame_IsRefused()
    {
        await using var reader = new EventStreamReader(new PiecewiseStream(Convert.FromHexString(Golden)[..50], 10));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.NextAsync(CancellationToken.None));
    }

    private sealed class PiecewiseStream(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
