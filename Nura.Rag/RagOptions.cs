using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Nura.Rag;

/// <summary>Settings of the service.</summary>
public sealed class RagOptions
{
    /// <summary>The section they are read from.</summary>
    public const string Section = "Nura:Rag";

    /// <summary>A local repository added at the first start and followed. It may lie outside of <see cref="LocalRoots"/>. None when absent or empty.</summary>
    public string? DefaultRepository { get; set; }

    /// <summary>Folders below which local paths and <c>file://</c> URLs may be added. None by default.</summary>
    public IList<string> LocalRoots { get; } = [];

    /// <summary>Where mirrors are kept; a folder of the user's cache when absent.</summary>
    public string? MirrorDirectory { get; set; }

    /// <summary>Whether <c>ssh</c> URLs are allowed. They use the keys and known hosts of the account the service runs as.</summary>
    public bool AllowSsh { get; set; }

    /// <summary>Hosts that may have private addresses and be reached by <c>http</c>, such as a git server of the company. Lower case, without port.</summary>
    public IList<string> TrustedHosts { get; } = [];

    /// <summary>Access tokens by host, sent with <c>https</c> requests to that host only.</summary>
    public IDictionary<string, string> Tokens { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Most bytes of an indexed file.</summary>
    [Range(1_000, 16_000_000)]
    public long MaxFileBytes { get; set; } = 1_000_000;

    /// <summary>Repositories indexed at the same time. If there are several, one place is kept for those that are searchable already.</summary>
    [Range(1, 64)]
    public int Workers { get; set; } = 3;

    /// <summary>Seconds after which the work of an instance that fell silent is taken over.</summary>
    [Range(1, 3600)]
    public int LeaseSeconds { get; set; } = 30;

    /// <summary>Seconds between two looks at the sources of local repositories; 0 for never.</summary>
    [Range(0, 86_400)]
    public int PollSeconds { get; set; } = 5;

    /// <summary>Seconds between two looks at a remote source, a fifth more or less by chance; up to an hour while it fails. 0 for never.</summary>
    [Range(0, 86_400)]
    public int RemotePollSeconds { get; set; } = 300;

    /// <summary>Newest commits whose messages and changes help ranking; 0 for none.</summary>
    [Range(0, 100_000)]
    public int HistoryCommits { get; set; } = 10_000;

    /// <summary>Hours between two evaluations of a repository that moves on; 0 for none, so that every lane has its usual weight.</summary>
    [Range(0, 8760)]
    public int EvaluationHours { get; set; } = 24;

    /// <summary>An embedding model of the catalog or of a configured server, whose vectors help ranking; none by default.</summary>
    public string? EmbeddingModel { get; set; }

    /// <summary>
    /// Milliseconds that a search waits for the question's vector and the chunks nearest to it. Then it goes on without: a search is to
    /// be felt as prompt, and the other lanes have their answer within a tenth of this.
    /// </summary>
    [Range(10, 10_000)]
    public int EmbeddingDeadlineMs { get; set; } = 250;

    /// <summary>Minutes git may take to fetch.</summary>
    [Range(1, 1440)]
    public int FetchMinutes { get; set; } = 120;

    /// <summary>The variables of the service's environment that name a proxy, as git spells them.</summary>
    internal Dictionary<string, string> Proxies { get; } = [];

    // Environment variables are configuration, whose keys have no case; git knows the first of them in lower case only.
    internal void ReadProxies(IConfiguration configuration)
    {
        foreach (var name in new[] { "http_proxy", "https_proxy", "all_proxy", "no_proxy" })
        {
            if (configuration[name] is { Length: > 0 } value)
            {
                Proxies[name] = value;
            }
        }

        if (Proxies.Keys.All(name => name == "no_proxy"))
        {
            Proxies.Clear();
        }
    }

    // What git cannot read of one it repeats in its error, which users see: "Unsupported proxy syntax in 'name:pass'".
    internal bool HasOnlyProxiesThatCanBe() => Proxies.All(static proxy => proxy.Key == "no_proxy"
        || Uri.TryCreate(proxy.Value.Contains("://", StringComparison.Ordinal) ? proxy.Value : $"http://{proxy.Value}", UriKind.Absolute, out var url) && url.Host.Length > 0);
}

[OptionsValidator]
internal sealed partial class RagOptionsValidator : IValidateOptions<RagOptions>;
