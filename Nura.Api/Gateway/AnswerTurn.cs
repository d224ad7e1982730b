using System.Buffers;
using System.Runtime.CompilerServices;
using Nura.Models;

namespace Nura.Api.Gateway;

/// <summary>What the cache leaves to do for a request. One that leads fetches for everybody who asks for the same meanwhile, also when its own caller has gone.</summary>
internal sealed class AnswerTurn : IAsyncDisposable
{
    private readonly HttpContext? _http;
    private readonly AnswerCache? _cache;
    private CachedAnswer? _kept;
    private PassingWriter? _written;
    private readonly AnswerKey _key;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenRegistration _gone;

    /// <summary>Leads. The request is aborted when nobody waits for the answer any more, instead of when its caller is gone.</summary>
    /// <param name="http">The request.</param>
    /// <param name="cache">Where the answer is kept.</param>
    /// <param name="key">The request's identity.</param>
    /// <param name="flight">The answer.</param>
    public AnswerTurn(HttpContext http, AnswerCache cache, AnswerKey key, AnswerFlight flight)
    {
        (_http, _cache, _key, Flight, _caller) = (http, cache, key, flight, http.RequestAborted);
        _gone = _caller.UnsafeRegister(static flight => ((AnswerFlight)flight!).LeaderLeaves(), flight);
        http.RequestAborted = flight.Token;
    }

    private AnswerTurn()
    {
    }

    /// <summary>The request has its answer.</summary>
    public static AnswerTurn Answered { get; } = new();

    /// <summary>The request fetches its answer for itself.</summary>
    public static AnswerTurn Alone { get; } = new();

    public bool IsAnswered => this == Answered;

    /// <summary>The answer on its way to others; <see langword="null"/> unless this one leads.</summary>
    public AnswerFlight? Flight { get; }

    /// <summary>The question, if it was compared with earlier ones.</summary>
    public SemanticLookup? Meant { get; set; }

    /// <summary>The answer has come whole and good. To be said before its end leaves: who has read it and asks again finds it.</summary>
    /// <param name="cost">US dollars; <see langword="null"/> if unknown.</param>
    public void Keep(decimal? cost)
    {
        if (Flight is not null)
        {
            _kept = _cache!.End(_key, Flight, keep: true, cost);
            _http!.RequestAborted = _caller;
        }
    }

    /// <summary>A whole answer has come.</summary>
    /// <param name="model">Id of the model that gave it.</param>
    /// <param name="contentType">Of the body.</param>
    /// <param name="body">The answer; copied.</param>
    /// <param name="cost">US dollars; <see langword="null"/> if unknown.</param>
    /// <param name="headers">Headers that belong to it.</param>
    public void Keep(string model, string contentType, ReadOnlySpan<byte> body, decimal? cost, IReadOnlyList<KeyValuePair<string, string>>? headers = null)
    {
        if (Flight is not null)
        {
            Flight.Append(body);
            Flight.Begin(model, contentType, headers, cost);
            Keep(cost);
        }
    }

    /// <summary>Sends a whole answer in JSON.</summary>
    /// <param name="http">The request.</param>
    /// <param name="notes">Which model gave it, and what it cost.</param>
    /// <param name="body">The answer.</param>
    public async Task SendAsync(HttpContext http, AnswerNotes notes, ReadOnlyMemory<byte> body)
    {
        const string Json = "application/json";
        Keep(notes.Receipt.Model!, Json, body.Span, notes.Cost);
        http.Response.ContentType = Json;
        http.Response.ContentLength = body.Length;
        notes.SetCost(http.Response);
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    /// <summary>Pieces of a streamed answer: it begins for all with the first, and is kept after the last.</summary>
    /// <typeparam name="T">What a piece is.</typeparam>
    /// <param name="pieces">The pieces.</param>
    /// <param name="notes">Which model gives them.</param>
    /// <param name="contentType">Of what is sent.</param>
    public IAsyncEnumerable<T> Watched<T>(IAsyncEnumerable<T> pieces, AnswerNotes notes, string contentType) => Flight is null ? pieces : WatchAsync(pieces, notes, contentType);

    /// <summary>What writes a piece for the caller, and for all others.</summary>
    /// <typeparam name="T">What a piece is.</typeparam>
    /// <param name="write">Writes a piece.</param>
    public Action<IBufferWriter<byte>, T> Recorded<T>(Action<IBufferWriter<byte>, T> write)
    {
        if (Flight is null)
        {
            return write;
        }

        return (output, piece) => output.Write(Record(written => write(written, piece)));
    }

    /// <summary>Writes for all others.</summary>
    /// <param name="write">Writes something.</param>
    /// <returns>What was written; valid until the next call.</returns>
    public ReadOnlySpan<byte> Record(Action<IBufferWriter<byte>> write)
    {
        if (Flight is null)
        {
            return default;
        }

        _written ??= new PassingWriter();
        _written.Clear();
        write(_written);
        var written = _written.Written.Span;
        Flight.Append(written);
        return written;
    }

    /// <summary>Ends the turn. What was kept goes to the other processes and the other wordings; for that the caller need not wait.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Flight is null)
        {
            return;
        }

        _http!.RequestAborted = _caller;
        _cache!.End(_key, Flight, keep: false);
        await _gone.DisposeAsync();
        if (_kept is { } kept && (_cache.IsShared || Meant is not null))
        {
            if (!_caller.IsCancellationRequested)
            {
                await _http.Response.CompleteAsync();
            }

            await _cache.ShareAsync(_key, kept, CancellationToken.None);
            if (Meant is not null)
            {
                await Meant.KeepAsync(kept, CancellationToken.None);
            }
        }

        Flight.Release();
        _written?.Dispose();
    }

    private async IAsyncEnumerable<T> WatchAsync<T>(IAsyncEnumerable<T> pieces, AnswerNotes notes, string contentType, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var hasBegun = false;
        await foreach (var piece in pieces.WithCancellation(cancellationToken))
        {
            if (!hasBegun)
            {
                hasBegun = true;
                Flight!.Begin(notes.Receipt.Model!, contentType);
            }

            yield return piece;
        }

        Keep(notes.Cost);
    }
}
