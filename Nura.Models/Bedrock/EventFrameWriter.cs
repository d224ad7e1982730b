using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Nura.Models;

/// <summary>Writes messages of an AWS event stream (<c>application/vnd.amazon.eventstream</c>), checksums included.</summary>
public static class EventFrameWriter
{
    private const int Overhead = 16;
    private const int Prelude = 12;
    private const byte StringType = 7;

    /// <summary>Writes an event.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="type">The event's type, such as <c>contentBlockDelta</c>.</param>
    /// <param name="payload">JSON.</param>
    public static void WriteEvent(IBufferWriter<byte> output, string type, ReadOnlySpan<byte> payload) => Write(output, ":event-type", type, "event", payload);

    /// <summary>Writes an exception: the stream ends with it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="type">The exception's type, such as <c>throttlingException</c>.</param>
    /// <param name="payload">JSON with the field <c>message</c>.</param>
    public static void WriteException(IBufferWriter<byte> output, string type, ReadOnlySpan<byte> payload) => Write(output, ":exception-type", type, "exception", payload);

    private static void Write(IBufferWriter<byte> output, string typeHeader, string type, string messageType, ReadOnlySpan<byte> payload)
    {
        var headers = Length(typeHeader, type) + Length(":content-type", "application/json") + Length(":message-type", messageType);
        var total = Overhead + headers + payload.Length;
        var frame = output.GetSpan(total)[..total];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)total);
        BinaryPrimitives.WriteUInt32BigEndian(frame[4..], (uint)headers);
        BinaryPrimitives.WriteUInt32BigEndian(frame[8..], Crc32.HashToUInt32(frame[..8]));
        var rest = frame[Prelude..];
        Header(typeHeader, type, ref rest);
        Header(":content-type", "application/json", ref rest);
        Header(":message-type", messageType, ref rest);
        payload.CopyTo(rest);
        BinaryPrimitives.WriteUInt32BigEndian(frame[^4..], Crc32.HashToUInt32(frame[..^4]));
        output.Advance(total);
    }

    private static int Length(string name, string value) => 1 + name.Length + 1 + 2 + value.Length;

    private static void Header(string name, string value, ref Span<byte> target)
    {
        target[0] = (byte)name.Length;
        Encoding.ASCII.GetBytes(name, target[1..]);
        target = target[(1 + name.Length)..];
        target[0] = StringType;
        BinaryPrimitives.WriteUInt16BigEndian(target[1..], (ushort)value.Length);
        Encoding.ASCII.GetBytes(value, target[3..]);
        target = target[(3 + value.Length)..];
    }
}
