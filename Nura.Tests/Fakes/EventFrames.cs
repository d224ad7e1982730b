using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Nura.Tests.Fakes;

/// <summary>Writes AWS event streams, bit by bit from the description of the format and apart from the reader under test.</summary>
internal static class EventFrames
{
    public static byte[] Event(string type, JsonObject payload) =>
        Write([(":event-type", type), (":content-type", "application/json"), (":message-type", "event")], Encoding.UTF8.GetBytes(payload.ToJsonString()));

    public static byte[] Exception(string type, string message) =>
        Write([(":exception-type", type), (":content-type", "application/json"), (":message-type", "exception")], Encoding.UTF8.GetBytes(new JsonObject { ["message"] = message }.ToJsonString()));

    public static byte[] Write((string Name, string Value)[] headers, byte[] payload)
    {
        using var head = new MemoryStream();
        foreach (var (name, value) in headers)
        {
            head.WriteByte((byte)name.Length);
            head.Write(Encoding.UTF8.GetBytes(name));
            head.WriteByte(7);
            head.WriteByte((byte)(value.Length >> 8));
            head.WriteByte((byte)value.Length);
            head.Write(Encoding.UTF8.GetBytes(value));
        }

        var frame = new byte[16 + head.Length + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)frame.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)head.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), BitByBit(frame.AsSpan(0, 8)));
        head.ToArray().CopyTo(frame, 12);
        payload.CopyTo(frame, 12 + head.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(frame.Length - 4), BitByBit(frame.AsSpan(0, frame.Length - 4)));
        return frame;
    }

    private static uint BitByBit(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }
}
