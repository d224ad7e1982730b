using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Nura.Models;

/// <summary>The identity of a request in the cache: the SHA-256 of all that its answer depends on.</summary>
/// <param name="High">The first half of the hash.</param>
/// <param name="Low">The second half.</param>
public readonly record struct AnswerKey(UInt128 High, UInt128 Low)
{
    [ThreadStatic]
    private static IncrementalHash? t_hash;

    /// <summary>The identity of a request.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="model">The model that is to answer.</param>
    /// <param name="operation">What it is asked for, with all that the answer depends on besides the body.</param>
    /// <param name="body">The request's bytes.</param>
    public static AnswerKey Of(Caller caller, ModelInfo model, string operation, ReadOnlySpan<byte> body)
    {
        // Used again if all goes well: whatever becomes of this one, no key begins in the middle of another.
        var hash = t_hash ?? IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        t_hash = null;
        Append(hash, caller.Key);
        Append(hash, model.Id);
        Append(hash, operation);
        hash.AppendData(body);
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(bytes);
        t_hash = hash;
        return new AnswerKey(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));
    }

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Low;

    /// <summary>The hash in hexadecimal digits.</summary>
    public override string ToString() => $"{High:x32}{Low:x32}";

    private static void Append(IncrementalHash hash, string? part)
    {
        hash.AppendData(MemoryMarshal.AsBytes(part.AsSpan()));
        hash.AppendData("\n"u8);
    }
}
