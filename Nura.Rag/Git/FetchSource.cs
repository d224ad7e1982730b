namespace Nura.Rag.Git;

/// <summary>Where to fetch from, after all checks.</summary>
/// <param name="Url">A URL or an absolute path.</param>
/// <param name="Options">Options for git that come before its command, such as the address that was checked.</param>
/// <param name="Environment">Variables for git, such as a token.</param>
internal sealed record FetchSource(string Url, IReadOnlyList<string> Options, IReadOnlyDictionary<string, string> Environment);
