namespace Nura.Contracts;

/// <summary>An event with its place in the run's log.</summary>
/// <param name="Id">The place: positive and rising, not always by one. Sent back as <c>Last-Event-ID</c> to go on behind it.</param>
/// <param name="Name">The event's name on the wire, which is also its <c>type</c>.</param>
/// <param name="Event">What happened.</param>
public sealed record RunEntry(long Id, string Name, RunEvent Event);
