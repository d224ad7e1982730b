using System.Buffers;

namespace Nura.Models;

/// <summary>Memory for what passes through: requests and answers on their way.</summary>
/// <remarks>
/// The pool that all code shares keeps 32 buffers of a size for each core: on one core, with 64 requests under way, most were allocated anew, and long ones stay until the whole heap is collected
/// (figures in bench/gateway/RESULTS.md).
/// </remarks>
public static class PassingBytes
{
    private const int Usual = 128 * 1024;

    /// <summary>A prompt of a hundred thousand tokens.</summary>
    private const int Long = 512 * 1024;

    private static readonly ArrayPool<byte> s_usual = ArrayPool<byte>.Create(Usual, 256);

    // Never more than 48 MB: 64 buffers of either size.
    private static readonly ArrayPool<byte> s_long = ArrayPool<byte>.Create(Long, 64);

    /// <summary>Lends a buffer.</summary>
    /// <param name="least">Bytes that it has at least.</param>
    public static byte[] Rent(int least) => PoolOf(least).Rent(least);

    /// <summary>Takes a buffer back.</summary>
    /// <param name="buffer">What was lent; not to be used any more.</param>
    public static void Return(byte[] buffer) => PoolOf(buffer.Length).Return(buffer);

    private static ArrayPool<byte> PoolOf(int length) => length <= Usual ? s_usual : length <= Long ? s_long : ArrayPool<byte>.Shared;
}
