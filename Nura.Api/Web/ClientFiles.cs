using System.Collections.Frozen;
using System.Reflection;

namespace Nura.Api.Web;

/// <summary>The bundled web client, as it was embedded at build time.</summary>
internal sealed class ClientFiles
{
    private const string Prefix = "client/";

    private readonly FrozenDictionary<string, byte[]> _files;

    public ClientFiles(Assembly assembly) =>
        _files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..], name => Read(assembly, name), StringComparer.Ordinal);

    /// <summary>Whether the client was built; it is not where Node was missing.</summary>
    public bool Built => _files.ContainsKey("index.html");

    /// <summary>A file's bytes, compressed if the client accepts it and it was compressed at build time.</summary>
    public bool TryGet(string name, bool acceptsBrotli, out byte[] bytes, out bool compressed)
    {
        compressed = acceptsBrotli && _files.ContainsKey(name + ".br");
        return _files.TryGetValue(compressed ? name + ".br" : name, out bytes!);
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
