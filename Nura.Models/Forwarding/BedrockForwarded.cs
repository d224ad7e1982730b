using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nura.Models;

/// <summary>An answer on its way from Bedrock to a caller who speaks Bedrock's dialect.</summary>
public sealed class BedrockForwarded : IAsyncDisposable
{
    private readonly MeteredCall _call;
    private readonly HttpResponseMessage _response;
    private readonly Patience _patience;
    private readonly BedrockEnvelope _envelope;
    private Stream _body = Stream.Null;
    private EventStreamReader? _frames;
    private EventFrame? _first;
    private TokenUsage? _usage;
    private bool _isComplete;
    private bool _ended;
    private long _relayed;

    internal BedrockForwarded(ModelInfo model, MeteredCall call, HttpResponseMessage response, Patience patience, BedrockEnvelope envelope) =>
        (Model, _call, _response, _patience, _envelope) = (model, call, response, patience, envelope);

    /// <summary>The model that answers.</summary>
    public ModelInfo Model { get; }

    /// <summary>US dollars; known once everything was relayed.</summary>
    public decimal? Cost => _call.CostIfPriced;

    /// <summary>Content type of the answer.</summary>
    public string ContentType => _envelope.IsStream ? "application/vnd.amazon.eventstream" : ServerContentType.Of(_response);

    /// <summary>Bedrock's own headers about the answer, such as its counts of tokens.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers =>
        [.. _response.Headers.Where(header => header.Key.StartsWith("x-amzn-bedrock-", StringComparison.OrdinalIgnoreCase)).Select(header => KeyValuePair.Create(header.Key, header.Value.First()))];

    /// <summary>Whether the whole answer came, without a failure.</summary>
    public bool Succeeded { get; private set; }

    /// <summary>Reads the whole answer and ends the call.</summary>
    /// <exception cref="ModelException">Bedrock broke off, or the answer is no JSON.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> WholeAsync()
    {
        try
        {
            using var whole = new MemoryStream();
            await _body.CopyToAsync(whole, _patience.Token);
            var bytes = whole.GetBuffer().AsMemory(0, (int)whole.Length);
            using var answer = JsonDocument.Parse(bytes);
            _usage = InvokeUsage.Of(answer.RootElement, _response);
            _relayed = bytes.Length;
            await EndAsync(200);
            Succeeded = true;
            return bytes;
        }
        catch (Exception exception) when (UpstreamFailure.Of(exception, Model, _patience) is { } failure)
        {
            await EndAsync(failure.Status);
            throw failure;
        }
    }

    /// <summary>Relays the next event, byte by byte as it came.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="flight">Others who get the event, without the cost that Nura adds: they pay nothing.</param>
    /// <returns>Whether there was one. A stream that breaks off after its beginning ends with an exception event, as Bedrock's own do.</returns>
    public async ValueTask<bool> RelayAsync(IBufferWriter<byte> output, AnswerFlight? flight)
    {
        if (_ended)
        {
            return false;
        }

        try
        {
            var frame = _first ?? await _frames!.NextAsync(_patience.Token) ?? (_isComplete ? null : throw new InvalidDataException("The stream ended before the answer."));
            _first = null;
            if (frame is not { } next)
            {
                _ended = Succeeded = true;
                await EndAsync(200);
                return false;
            }

            _patience.Renew();
            flight?.Append(next.Raw.Span);
            await RelayAsync(next, output);
            return true;
        }
        catch (Exception exception) when (UpstreamFailure.Of(exception, Model, _patience) is { } failure)
        {
            _ended = true;
            await EndAsync(failure.Status);
            var last = new ArrayBufferWriter<byte>();
            EventFrameWriter.WriteException(last, "modelStreamErrorException", JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["message"] = failure.Message, ["originalStatusCode"] = failure.Status }, ModelsJsonContext.Default.JsonObject));
            output.Write(last.WrittenSpan);
            flight?.Append(last.WrittenSpan);
            return true;
        }
    }

    /// <summary>Ends the call if nothing has yet, as given up, and frees the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync(MeteredCall.GivenUp);
        if (_frames is not null)
        {
            await _frames.DisposeAsync();
        }

        await _body.DisposeAsync();
        _response.Dispose();
        _patience.Dispose();
    }

    /// <summary>Waits for the first event: until then the call can be made again unseen.</summary>
    internal async Task BeginAsync()
    {
        _body = await _response.Content.ReadAsStreamAsync(_patience.Token);
        if (_envelope.IsStream)
        {
            _frames = new EventStreamReader(_body);
            _first = await _frames.NextAsync(_patience.Token) ?? throw UpstreamFailure.BrokenOff(Model);
            if (_first is { MessageType: not "event" } refusal)
            {
                throw BedrockError.InStream(refusal, Model);
            }
        }

        _call.FirstPiece();
    }

    private async ValueTask RelayAsync(EventFrame frame, IBufferWriter<byte> output)
    {
        _relayed += frame.Payload.Length;
        if (frame.MessageType != "event")
        {
            _ended = true;
            await EndAsync(BedrockError.InStream(frame, Model).Status);
            output.Write(frame.Raw.Span);
            return;
        }

        switch (frame.Type)
        {
            case "messageStop":
                _isComplete = true;
                break;
            case "metadata":
                await EndWithAsync(frame, output);
                return;
            case "chunk":
                ReadChunk(frame);
                break;
        }

        output.Write(frame.Raw.Span);
    }

    /// <summary>The last event of ConverseStream has the usage; the cost is added to it. Clients pass over fields they do not know.</summary>
    private async ValueTask EndWithAsync(EventFrame frame, IBufferWriter<byte> output)
    {
        using var metadata = JsonDocument.Parse(frame.Payload);
        var isObject = metadata.RootElement.ValueKind == JsonValueKind.Object;
        _usage = isObject && metadata.RootElement.TryGetProperty("usage", out var usage) ? MeteredChatClient.Classes(ConverseResponse.Usage(usage)) : _usage;
        if (!isObject || !_isComplete)
        {
            output.Write(frame.Raw.Span);
            return;
        }

        await EndAsync(200);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var field in metadata.RootElement.EnumerateObject())
            {
                field.WriteTo(json);
            }

            json.WriteStartObject("nura");
            json.WriteString("model", Model.Id);
            if (Cost is { } cost)
            {
                json.WriteString("cost", cost.ToString("0.############", CultureInfo.InvariantCulture));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        EventFrameWriter.WriteEvent(output, "metadata", buffer.WrittenSpan);
    }

    /// <summary>A piece of an answer in the model's own form, as base64 inside the event.</summary>
    private void ReadChunk(in EventFrame frame)
    {
        using var chunk = JsonDocument.Parse(frame.Payload);
        if (chunk.RootElement.ValueKind != JsonValueKind.Object || !chunk.RootElement.TryGetProperty("bytes", out var bytes) || bytes.ValueKind != JsonValueKind.String || !bytes.TryGetBytesFromBase64(out var inner))
        {
            return;
        }

        using var piece = JsonDocument.Parse(inner);
        _usage = InvokeUsage.Add(_usage, piece.RootElement);
        // The last chunk of every family has Bedrock's own measurements.
        _isComplete |= piece.RootElement.ValueKind == JsonValueKind.Object
            && (piece.RootElement.TryGetProperty("amazon-bedrock-invocationMetrics", out _) || OpenAiResponse.Text(piece.RootElement, "type") == "message_stop");
    }

    private ValueTask EndAsync(int status)
    {
        // What was read before a hang-up and what was sent before a failure is paid for; without figures it is estimated.
        var tokens = _usage ?? (status is >= 400 and not MeteredCall.GivenUp && _relayed == 0 ? new TokenUsage() : new TokenUsage { Input = _envelope.Body.Length / 4, Output = Model.Kind == ModelKind.Chat ? _relayed / 100 : 0 });
        return _call.EndAsync(tokens, status, _usage is null);
    }
}
