namespace Nura.Api.Audit;

/// <summary>That somebody changed something, or signed in.</summary>
/// <param name="Id">Its place in the trail; later ones are higher.</param>
/// <param name="At">When it was done.</param>
/// <param name="ActorId">Who did it: a key's or person's identity, all zeros for the first key.</param>
/// <param name="Actor">What they were called then.</param>
/// <param name="Action">What was done, such as <c>key.made</c>.</param>
/// <param name="Subject">To what: its identity, or a document's collection and path; absent if there is nothing to name.</param>
/// <param name="Name">What that was called then; absent for what has no name.</param>
/// <param name="Detail">What it was given by it, in words.</param>
internal sealed record AuditEntry(long Id, DateTimeOffset At, Guid ActorId, string Actor, string Action, string? Subject, string? Name, string? Detail);
