namespace Nura.Models;

/// <summary>What the router knows about a call.</summary>
/// <param name="Question">The user's words.</param>
/// <param name="Agent">The kind of agent that asks, such as <c>architect</c> or <c>dev</c>.</param>
/// <param name="Model">A model that the caller asks for; chosen if it can be called.</param>
/// <param name="Complexity">0 to 1; estimated from the question when absent.</param>
/// <param name="InputTokens">Tokens of the whole prompt, roughly; 0 if unknown.</param>
/// <param name="NeedsTools">Whether tools are offered.</param>
/// <param name="NeedsVision">Whether the prompt has images.</param>
public sealed record RouteHints(
    string Question,
    string? Agent = null,
    string? Model = null,
    double? Complexity = null,
    int InputTokens = 0,
    bool NeedsTools = false,
    bool NeedsVision = false);
