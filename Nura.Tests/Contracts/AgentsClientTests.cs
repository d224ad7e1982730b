using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Nura.Api.Runs;
using Nura.Contracts;
using Nura.Tests.Fakes;

namespace Nura.Tests.Contracts;

/// <summary>A node that vanishes says nothing of it: connections to it stay open and silent.</summary>
public sealed class AgentsClientTests
{
    private const int Hang = 60_000;
    private const string Comment = ": still working\n\n";
    private const string Done = """{"type":"done","state":"completed","finishReason":"stop","inputTokens":0,"outputTokens":0,"citationsVerified":0,"citationsRemoved":0}""";

    private static readonly TimeSpan s_almost = AgentsClient.LongestSilence - TimeSpan.FromSeconds(1);

    private readonly ManualTime _time = new();

    [Fact(Timeout = Hang)]
    public async Task Events_ServiceFallsSilent_BreakAndCommentsAreNoSilence()
    {
        using var body = new Arriving();
        await using var events = Client(new Answers(body)).EventsAsync(Guid.NewGuid(), 0, CancellationToken.None).GetAsyncEnumerator();
        body.Send(Token(1, "a"));
        Assert.True(await events.MoveNextAsync());
        await body.WaitedForAsync();

        var next = events.MoveNextAsync().AsTask();
        await body.WaitedForAsync();
        for (var comment = 0; comment < 3; comment++)
        {
            _time.Advance(s_almost);
            body.Send(Comment);
            await body.WaitedForAsync();
        }

        _time.Advance(s_almost);
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(StatusCodes.Status503ServiceUnavailable, (await Assert.ThrowsAsync<ProblemException>(() => next)).Status);
    }

    [Fact(Timeout = Hang)]
    public async Task Events_ReaderLeavesWhileItIsSilent_IsNoFailureOfTheService()
    {
        using var body = new Arriving();
        using var leaving = new CancellationTokenSource();
        await using var events = Client(new Answers(body)).EventsAsync(Guid.NewGuid(), 0, leaving.Token).GetAsyncEnumerator();
        var next = events.MoveNextAsync().AsTask();
        await body.WaitedForAsync();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact(Timeout = Hang)]
    public async Task Follow_ServiceFallsSilent_GoesOnBehindWhatArrived()
    {
        using var silent = new Arriving();
        using var other = new Arriving();
        var answers = new Answers(silent, other);
        silent.Send(Token(1, "a"));
        other.Send(Token(2, "b"));
        other.Send($"id: 3\nevent: done\ndata: {Done}\n\n");
        await using var run = new AgentRuns(Client(answers), _time, NullLogger<AgentRuns>.Instance).FollowAsync(Guid.NewGuid(), CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await run.MoveNextAsync());
        await silent.WaitedForAsync();

        var next = run.MoveNextAsync().AsTask();
        await silent.WaitedForAsync();
        while (!next.IsCompleted)
        {
            // First the silence passes, then the pause before it is tried again.
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.True(await next);
        Assert.Equal(new RunToken("b"), run.Current);
        Assert.True(await run.MoveNextAsync());
        Assert.IsType<RunDone>(run.Current);
        Assert.Equal(["", "1"], answers.After);
    }

    private static string Token(long id, string text) => $$"""
        id: {{id}}
        event: token
        data: {"type":"token","text":"{{text}}"}


        """.ReplaceLineEndings("\n");

    private AgentsClient Client(Answers answers) => new(new HttpClient(answers) { BaseAddress = new Uri("http://agents") }, null, _time);

    /// <summary>Answers one request after the other.</summary>
    private sealed class Answers(params Stream[] bodies) : HttpMessageHandler
    {
        private int _next;

        /// <summary>Behind which entry each request asked to go on.</summary>
        public List<string> After { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            After.Add(request.Headers.TryGetValues("Last-Event-ID", out var values) ? values.Single() : "");
            return Task.FromResult(new HttpResponseMessage { Content = new StreamContent(bodies[_next++]), RequestMessage = request });
        }
    }

    /// <summary>A body whose bytes arrive when the test says so.</summary>
    private sealed class Arriving : Stream
    {
        private readonly Channel<byte[]> _bytes = Channel.CreateUnbounded<byte[]>();
        private readonly SemaphoreSlim _reads = new(0);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Send(string text) => _bytes.Writer.TryWrite(Encoding.UTF8.GetBytes(text));

        /// <summary>Completes once for each read that has begun.</summary>
        public Task WaitedForAsync() => _reads.WaitAsync();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _reads.Release();
            var bytes = await _bytes.Reader.ReadAsync(cancellationToken);
            bytes.CopyTo(buffer);
            return bytes.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
