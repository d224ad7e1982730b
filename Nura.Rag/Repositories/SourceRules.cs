using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Nura.Contracts;
using Nura.Rag.Git;

namespace Nura.Rag.Repositories;

/// <summary>Decides what may be fetched, and pins git to what was checked.</summary>
/// <param name="options">The administrator's lists.</param>
/// <param name="resolve">Looks up a host's addresses.</param>
internal sealed partial class SourceRules(IOptions<RagOptions> options, HostLookup resolve)
{
    private readonly RagOptions _options = options.Value;

    /// <summary>Checks a source and says how to fetch it. Done again before each fetch, as names move.</summary>
    /// <exception cref="ProblemException">400 with what to change.</exception>
    public async Task<FetchSource> CheckAsync(SourceAddress address, CancellationToken cancellationToken) =>
        address.Path is { } path ? Local(path) : await RemoteAsync(address.Url!, cancellationToken);

    private static ProblemException Refused(string detail) => new(400, "This source is refused.", detail);

    private FetchSource Local(string path)
    {
        var roots = _options.LocalRoots.Append(_options.DefaultRepository).Where(root => !string.IsNullOrWhiteSpace(root)).Select(root => RealPath.Resolve(root!)).OfType<string>().ToList();
        var real = RealPath.Resolve(path);
        if (!roots.Any(root => RealPath.IsWithin(real ?? Path.GetFullPath(path), root)))
        {
            throw Refused($"\"{path}\" is not below an allowed folder. The administrator can add one: set Nura:LocalRoots:0 of the AppHost (or {RagOptions.Section}:LocalRoots:0 of this service, where it runs alone) to a folder above it.");
        }

        // Only now: outside of the allowed folders nobody learns what exists.
        if (real is null)
        {
            throw new ProblemException(400, "There is no such folder.", $"\"{path}\" does not exist on the machine that runs Nura.Rag, or its links go in a circle.");
        }

        if (!Directory.Exists(real))
        {
            throw Refused($"\"{real}\" is a file; give the repository's folder.");
        }

        var git = Path.Combine(real, ".git");
        var working = Directory.Exists(git) || File.Exists(git);
        if (!working && !File.Exists(Path.Combine(real, "HEAD")))
        {
            throw Refused($"\"{real}\" is not a git repository: it has no .git. Run \"git init\" and commit there, or give the folder that holds .git.");
        }

        // A .git that leads elsewhere is no way around the list.
        string? folder = null;
        try
        {
            folder = working ? GitFolder(git) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused($"The .git of \"{real}\" cannot be read: {exception.Message}");
        }

        if (folder is not null && !roots.Any(root => RealPath.IsWithin(folder, root)))
        {
            throw Refused($"The .git of \"{real}\" leads to a folder that is not allowed. The administrator can add it to {RagOptions.Section}:LocalRoots.");
        }

        return new FetchSource(real, [], new Dictionary<string, string>());
    }

    private static string GitFolder(string git)
    {
        var target = git;
        if (File.Exists(git) && File.ReadLines(git).FirstOrDefault() is { } line && line.StartsWith("gitdir:", StringComparison.Ordinal))
        {
            target = Path.Combine(Path.GetDirectoryName(git)!, line["gitdir:".Length..].Trim());
        }

        return RealPath.Resolve(target) ?? target;
    }

    private async Task<FetchSource> RemoteAsync(Uri url, CancellationToken cancellationToken)
    {
        var host = Host(url);
        var trusted = _options.TrustedHosts.Contains(host, StringComparer.OrdinalIgnoreCase);
        if (url.Scheme == "http" && !trusted)
        {
            throw Refused($"Plain http can be read and changed on its way. Use https, or let the administrator add \"{host}\" to {RagOptions.Section}:TrustedHosts.");
        }

        if (url.Scheme == "ssh" && !_options.AllowSsh)
        {
            throw Refused($"ssh is switched off. Use https, or let the administrator set {RagOptions.Section}:AllowSsh to true.");
        }

        var proxied = url.Scheme != "ssh" && _options.Proxies.Count > 0;
        var addresses = await AddressesAsync(host, trusted, proxied, cancellationToken);
        var port = url.IsDefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{url.Port}");
        var name = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        if (url.Scheme == "ssh")
        {
            var user = url.UserInfo.Length > 0 ? url.UserInfo + "@" : "";
            return new FetchSource($"ssh://{user}{name}{port}{url.AbsolutePath}", [], new Dictionary<string, string>
            {
                ["GIT_SSH_COMMAND"] = $"ssh -o BatchMode=yes -o ConnectTimeout=15 -o HostKeyAlias={host} -o HostName={addresses[0]}",
            });
        }

        // git connects to the addresses that were checked, whatever the name says a moment later; to the next one where one is out of reach.
        // A proxy looks the name up for itself.
        var written = string.Join(',', addresses.Select(address => address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString()));
        var pin = string.Create(CultureInfo.InvariantCulture, $"http.curloptResolve={host}:{url.Port}:{written}");
        return new FetchSource($"{url.Scheme}://{name}{port}{url.AbsolutePath}", addresses.Length > 0 ? ["-c", pin] : [], Token(url, host, port));
    }

    // A shell reads the command for ssh, so nothing but what is safe there goes on: a name's plain characters, or an address as we write it.
    // A zone, which .NET takes to be whatever follows a "%", is neither.
    private static string Host(Uri url)
    {
        var host = url.IdnHost.Trim('[', ']').TrimEnd('.').ToLowerInvariant();
        return !host.Contains('%') && IPAddress.TryParse(host, out var literal) ? literal.ToString()
            : Name().IsMatch(host) ? host
            : throw Refused("The URL's host cannot be one. A name has letters, digits, \".\", \"_\" and \"-\"; an address has no zone.");
    }

    private async Task<IPAddress[]> AddressesAsync(string host, bool trusted, bool proxied, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        }
        catch (SocketException)
        {
            addresses = [];
        }

        if (addresses.Length == 0 && !(proxied && trusted))
        {
            throw Refused($"The host \"{host}\" is not known. Check its spelling and the machine's name service."
                + (proxied ? $" If only the proxy knows it, the administrator can add it to {RagOptions.Section}:TrustedHosts." : ""));
        }

        return trusted || addresses.All(AddressRules.IsPublic) ? addresses
            : throw Refused($"\"{host}\" leads to a private, local or metadata address. If it is a git server of yours, the administrator can add it to {RagOptions.Section}:TrustedHosts.");
    }

    private Dictionary<string, string> Token(Uri url, string host, string port)
    {
        if (!_options.Tokens.TryGetValue(host, out var token) || url.Scheme != "https")
        {
            return [];
        }

        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"x-access-token:{token}"));
        return new Dictionary<string, string>
        {
            ["GIT_CONFIG_COUNT"] = "1",
            ["GIT_CONFIG_KEY_0"] = $"http.https://{host}{port}/.extraHeader",
            ["GIT_CONFIG_VALUE_0"] = $"Authorization: Basic {basic}",
        };
    }

    [GeneratedRegex(@"\A[a-z0-9._-]+\z")]
    private static partial Regex Name();
}
