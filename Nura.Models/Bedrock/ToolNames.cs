using System.Text.RegularExpressions;

namespace Nura.Models;

/// <summary>Names of tools as Bedrock takes them (<c>[a-zA-Z0-9_-]</c>, 64 at most) and back.</summary>
internal sealed partial class ToolNames
{
    private readonly Dictionary<string, string> _back = new(StringComparer.Ordinal);

    public string ToWire(string name)
    {
        if (Allowed().IsMatch(name))
        {
            return name;
        }

        var wire = NotAllowed().Replace(name, "_");
        wire = wire.Length > 64 ? wire[..64] : wire;
        for (var i = 2; _back.TryGetValue(wire, out var other) && other != name; i++)
        {
            var suffix = $"_{i}";
            wire = wire[..Math.Min(wire.Length, 64 - suffix.Length)] + suffix;
        }

        _back[wire] = name;
        return wire;
    }

    public string FromWire(string wire) => _back.GetValueOrDefault(wire, wire);

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,64}\z")]
    private static partial Regex Allowed();

    [GeneratedRegex("[^a-zA-Z0-9_-]")]
    private static partial Regex NotAllowed();
}
