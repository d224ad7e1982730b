using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Nura.Api;

/// <summary>What the web server reads and writes into: blocks of 16 kB, where its own have 4. A long prompt comes with a quarter of the calls of the system.</summary>
internal sealed class RequestMemory : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int BlockSize = 16 * 1024;

    public override int MaxBufferSize => Shared.MaxBufferSize;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new RequestMemory();

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => Shared.Rent(Math.Max(minBufferSize, BlockSize));

    protected override void Dispose(bool disposing)
    {
    }
}
