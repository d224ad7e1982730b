using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Nura.Models;

/// <summary>One message of an AWS event stream (<c>application/vnd.amazon.eventstream</c>).</summary>
/// <param name="MessageType"><c>event</c>, <c>exception</c> or <c>error</c>.</param>
/// <param name="Type">The event's or exception's type, or the error's code.</param>
/// <param name="Message">The error's message, for <c>error</c>.</param>
/// <param name="Payload">The body; valid until the next frame is read.</param>
internal readonly record struct EventFrame(string MessageType, string Type, string? Message, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The whole frame; valid until the next one is read.</summary>
    public ReadOnlyMemory<byte> Raw { get; private init; }

    private const int Prelude = 12;
    private const int Overhead = 16;
    private const int MostBytes = 16 * 1024 * 1024;
    private const byte StringType = 7;

    /// <summary>Length of the frame that begins here; 0 if more bytes are needed to tell.</summary>
    /// <exception cref="InvalidDataException">The lengths are impossible, or their checksum is wrong.</exception>
    public static int Length(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Prelude)
        {
            return 0;
        }

        var total = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var headers = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        return Crc32.HashToUInt32(bytes[..8]) != BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) ? throw new InvalidDataException("The checksum of an event's lengths is wrong.")
            : total is < Overhead or > MostBytes || headers > total - Overhead ? throw new InvalidDataException("The lengths of an event are impossible.")
            : (int)total;
    }

    /// <summary>Reads a whole frame.</summary>
    /// <exception cref="InvalidDataException">Its checksum is wrong, or its headers are broken.</exception>
    public static EventFrame Parse(ReadOnlyMemory<byte> frame)
    {
        var bytes = frame.Span;
        if (Crc32.HashToUInt32(bytes[..^4]) != BinaryPrimitives.ReadUInt32BigEndian(bytes[^4..]))
        {
            throw new InvalidDataException("The checksum of an event is wrong.");
        }

        var headersEnd = Prelude + (int)BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        var (messageType, type, message) = ("event", "", (string?)null);
        for (var at = Prelude; at < headersEnd;)
        {
            var name = Take(bytes, ref at, headersEnd, bytes[at++]);
            if (at >= headersEnd)
            {
                throw new InvalidDataException("A header of an event is cut off.");
            }

            var kind = bytes[at++];
            var value = Take(bytes, ref at, headersEnd, ValueLength(kind, bytes, ref at, headersEnd));
            if (kind != StringType)
            {
                continue;
            }

            if (name.SequenceEqual(":message-type"u8))
            {
                messageType = Known(value);
            }
            else if (name.SequenceEqual(":event-type"u8) || name.SequenceEqual(":exception-type"u8) || name.SequenceEqual(":error-code"u8))
            {
                type = Known(value);
            }
            else if (name.SequenceEqual(":error-message"u8))
            {
                message = Encoding.UTF8.GetString(value);
            }
        }

        return new EventFrame(messageType, type, message, frame[headersEnd..^4]) { Raw = frame };
    }

    private static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> bytes, ref int at, int end, int length)
    {
        if (length > end - at)
        {
            throw new InvalidDataException("A header of an event is cut off.");
        }

        var taken = bytes.Slice(at, length);
        at += length;
        return taken;
    }

    private static int ValueLength(byte kind, ReadOnlySpan<byte> bytes, ref int at, int end) => kind switch
    {
        0 or 1 => 0,
        2 => 1,
        3 => 2,
        4 => 4,
        5 or 8 => 8,
        6 or StringType => BinaryPrimitives.ReadUInt16BigEndian(Take(bytes, ref at, end, 2)),
        9 => 16,
        _ => throw new InvalidDataException($"A header of an event has the unknown type {kind}."),
    };

    /// <summary>The names that nearly every frame has are not allocated anew.</summary>
    private static string Known(ReadOnlySpan<byte> value) =>
        value.SequenceEqual("contentBlockDelta"u8) ? "contentBlockDelta"
        : value.SequenceEqual("event"u8) ? "event"
        : value.SequenceEqual("chunk"u8) ? "chunk"
        : Encoding.UTF8.GetString(value);
}
