namespace Nura.Agents.Runs;

/// <summary>Names this process as the one that works on a run.</summary>
internal sealed class RunOwner
{
    public Guid Id { get; } = Guid.NewGuid();
}
