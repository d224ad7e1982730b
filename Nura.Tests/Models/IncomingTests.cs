using System.IO.Pipelines;
using System.Text;
using Nura.Models;

namespace Nura.Tests.Models;

public sealed class IncomingTests
{
    private readonly Pipe _pipe = new();

    [Fact]
    public async Task Fill_SeveralPiecesAreHere_TakesThemTogether()
    {
        await using var incoming = new Incoming(new ByteByByte("data: one"));

        Assert.True(await incoming.FillAsync(CancellationToken.None));
        Assert.Equal("data: one", Text(incoming));
        Assert.False(await incoming.FillAsync(CancellationToken.None));
        Assert.Equal("data: one", Text(incoming));
    }

    [Fact(Timeout = 60_000)]
    public async Task Fill_BytesTakenAndCutWhileItWaits_GoesOnBehindWhatIsLeft()
    {
        await using var incoming = new Incoming(_pipe.Reader.AsStream());
        await SendAsync("abcdefgh");
        Assert.True(await incoming.FillAsync(CancellationToken.None));

        incoming.Take(2);
        incoming.Cut(1, 4);
        Assert.Equal("cgh", Text(incoming));
        await SendAsync("ij");
        Assert.True(await incoming.FillAsync(CancellationToken.None));

        Assert.Equal("cghij", Text(incoming));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(5_000)]
    public async Task Fill_NothingIsTaken_GrowsAndLosesNothing(int piece)
    {
        var sent = string.Concat(Enumerable.Range(0, 20_000).Select(i => (char)('a' + (i % 26))));
        await using var incoming = new Incoming(_pipe.Reader.AsStream());
        var sending = Task.Run(async () =>
        {
            foreach (var part in sent.Chunk(piece))
            {
                await SendAsync(new string(part));
            }

            await _pipe.Writer.CompleteAsync();
        });

        while (await incoming.FillAsync(CancellationToken.None))
        {
        }

        await sending;
        Assert.Equal(sent, Text(incoming));
    }

    [Fact(Timeout = 60_000)]
    public async Task Fill_StreamFailsLater_GivesWhatCameBeforeFirst()
    {
        await using var incoming = new Incoming(_pipe.Reader.AsStream());
        await SendAsync("before");
        Assert.True(await incoming.FillAsync(CancellationToken.None));
        Assert.Equal("before", Text(incoming));

        await _pipe.Writer.CompleteAsync(new IOException("reset"));
        await Assert.ThrowsAsync<IOException>(async () => await incoming.FillAsync(CancellationToken.None));
    }

    [Fact(Timeout = 60_000)]
    public async Task Dispose_WhileItIsRead_EndsTheReadFirst()
    {
        var stream = new Endless();
        var incoming = new Incoming(stream);
        Assert.True(await incoming.FillAsync(CancellationToken.None));
        Assert.Equal(1, stream.UnderWay);

        await incoming.DisposeAsync();
        Assert.Equal(0, stream.UnderWay);
    }

    private static string Text(Incoming incoming) => Encoding.ASCII.GetString(incoming.Bytes.Span);

    private async Task SendAsync(string text) => await _pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(text), CancellationToken.None);

    private sealed class ByteByByte(string text) : MemoryStream(Encoding.ASCII.GetBytes(text))
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }

    /// <summary>Has one byte, and then nothing more for ever.</summary>
    private sealed class Endless : MemoryStream
    {
        private bool _begun;

        public int UnderWay { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_begun)
            {
                _begun = true;
                return 1;
            }

            UnderWay++;
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return 0;
            }
            finally
            {
                UnderWay--;
            }
        }
    }
}
