using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Nura.Api;

/// <summary>What the web server reads and writes into: blocks of 16 kB, where its own have 4. A long prompt comes with a quarter of the calls of the system.</summary>
internal sealed class RequestMemory : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int BlockSize = 16 * 1024;

    /// <summary>16 MB; what more was needed at a peak is collected.</summary>
    private const int MostFree = 1024;

    private readonly ConcurrentQueue<Block> _free = new();

    public override int MaxBufferSize => Shared.MaxBufferSize;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new RequestMemory();

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) =>
        minBufferSize > BlockSize ? Shared.Rent(minBufferSize)
        : _free.TryDequeue(out var block) ? block
        : new Block(_free);

    protected override void Dispose(bool disposing) => _free.Clear();

    /// <summary>Pinned, since the system reads and writes it.</summary>
    private sealed class Block(ConcurrentQueue<Block> free) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);

        public void Dispose()
        {
            if (free.Count < MostFree)
            {
                free.Enqueue(this);
            }
        }
    }
}
