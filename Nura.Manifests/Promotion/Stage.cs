namespace Nura.Manifests.Promotion;

/// <summary>An environment as a station on a release's way.</summary>
/// <param name="Name">Also its folder below environments/.</param>
/// <param name="After">The stage whose verified releases it takes; null for the first.</param>
/// <param name="NeedsApproval">True when a promotion is proposed as a branch, whose merge is the approval.</param>
internal sealed record Stage(string Name, string? After, bool NeedsApproval);
