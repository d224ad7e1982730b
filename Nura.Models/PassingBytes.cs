using System.Buffers;

namespace Nura.Models;

/// <summary>Memory for what passes through: requests and answers on their way.</summary>
public static class PassingBytes
{
    /// <summary>
    /// Up to 256 buffers of each size from 16 bytes to 128 kB are kept. The pool that all code shares keeps 32 for each core: on one core, with 64 requests under way,
    /// most were allocated anew (figures in bench/gateway/RESULTS.md).
    /// </summary>
    public static ArrayPool<byte> Pool { get; } = ArrayPool<byte>.Create(128 * 1024, 256);
}
