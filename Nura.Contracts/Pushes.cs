namespace Nura.Contracts;

/// <summary>Where and how a git server tells of pushes.</summary>
/// <param name="Path">Path of the address, to be put behind Nura's own.</param>
/// <param name="Secret">What the server proves itself with: as secret at GitHub, as token at GitLab, as bearer token elsewhere. Shown this once.</param>
public sealed record Webhook(string Path, string Secret);

/// <summary>What came of a push notice.</summary>
/// <param name="Queued">How many index runs were queued; a repository can follow several refs.</param>
/// <param name="Reason">Why none was, if none was.</param>
public sealed record PushAnswer(int Queued, string? Reason);

/// <summary>Asks to index a further ref of a repository.</summary>
/// <param name="Ref">Branch, tag, or commit of 7 or more hexadecimal digits.</param>
public sealed record AddRef(string Ref);
