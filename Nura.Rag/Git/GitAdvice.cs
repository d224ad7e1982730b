namespace Nura.Rag.Git;

/// <summary>Says what to do about what git reports.</summary>
internal static class GitAdvice
{
    private static readonly (string Sign, string Advice)[] s_known =
    [
        ("Could not resolve proxy", "The proxy is not known. Check HTTPS_PROXY in the environment of Nura.Rag."),
        ("response 407", "The proxy asks for a name and password, or refuses those it got. Write them into HTTPS_PROXY in the environment of Nura.Rag: http://name:password@proxy.example:3128."),
        ("CONNECT tunnel failed", "The proxy refuses this host. Let it through there, or name it in NO_PROXY in the environment of Nura.Rag."),
        ("Authentication failed", "The server asks for credentials. The administrator can set an access token for the host under Nura:Rag:Tokens."),
        ("could not read Username", "The server asks for credentials. The administrator can set an access token for the host under Nura:Rag:Tokens."),
        ("terminal prompts disabled", "The server asks for credentials. The administrator can set an access token for the host under Nura:Rag:Tokens."),
        ("Repository not found", "The server knows no such repository, or hides it from this account. Check the URL."),
        ("not found", "The server knows no such repository, or hides it from this account. Check the URL."),
        ("redirect", "The server sends on to another address, which is not followed. Give the address it is really at."),
        ("error: 30", "The server sends on to another address, which is not followed. Give the address it is really at."),
        ("Could not resolve host", "The host is not known. Check its spelling."),
        ("Connection refused", "Nothing listens there. Check the address and port."),
        ("Couldn't connect to server", "Nothing listens there. Check the address and port."),
        ("timed out", "The server did not answer. Check that this machine can reach it."),
        ("Host key verification failed", "The host's key is not among the known hosts of the account that runs Nura.Rag. Add it there."),
        ("Permission denied", "The server or the file system refuses this account. Grant it read access."),
        ("No space left", "The disk of the mirror directory is full. Free space, or set Nura:Rag:MirrorDirectory to another disk."),
        ("not a git repository", "There is no git repository at this place."),
        ("does not appear to be a git repository", "There is no git repository at this place."),
        ("corruption on the remote side", "The source lacks some of its own objects: it is a partial clone, or damaged. Give the URL that it was cloned from, or complete it with: git fetch --refetch --no-filter."),
        ("certificate", "The server's certificate is not trusted by this machine."),
    ];

    /// <summary>Advice for the end of git's standard error, with its last line.</summary>
    public static string For(string errors)
    {
        var advice = s_known.FirstOrDefault(known => errors.Contains(known.Sign, StringComparison.OrdinalIgnoreCase)).Advice ?? "Check that the source is reachable, then index it again.";
        var last = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(line => line.StartsWith("fatal:", StringComparison.Ordinal))
            ?? errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        return last is null ? advice : $"{advice} git says: {last.Trim()}";
    }
}
