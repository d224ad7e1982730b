using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Nura.ServiceDefaults.Migrations;

/// <summary>One step of a schema's history, embedded as <c>Migrations/NNNN_name.sql</c>.</summary>
/// <param name="Version">The number in front, from 1.</param>
/// <param name="Name">The rest of the file's name.</param>
/// <param name="Sql">Its statements. Names without a schema mean the service's own.</param>
internal sealed partial record Migration(int Version, string Name, string Sql)
{
    /// <summary>SHA-256 of the text with Unix line ends, so that a checkout on Windows changes nothing.</summary>
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    public override string ToString() => $"{Version:0000}_{Name}";

    /// <summary>The assembly's migrations in order.</summary>
    /// <exception cref="InvalidOperationException">There are none, or two have the same number.</exception>
    public static IReadOnlyList<Migration> In(Assembly assembly)
    {
        var migrations = assembly.GetManifestResourceNames()
            .Select(resource => (resource, match: FileName().Match(resource)))
            .Where(found => found.match.Success)
            .Select(found => new Migration(
                int.Parse(found.match.Groups["version"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture),
                found.match.Groups["name"].Value,
                Read(assembly, found.resource)))
            .OrderBy(migration => migration.Version)
            .ToArray();
        if (migrations.Length == 0)
        {
            throw new InvalidOperationException($"{assembly.GetName().Name} has no embedded Migrations/NNNN_name.sql.");
        }

        return migrations.GroupBy(migration => migration.Version).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new InvalidOperationException($"{assembly.GetName().Name} has several migrations numbered {twice.Key}: {string.Join(", ", twice)}. Renumber the one not released yet.")
            : migrations;
    }

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"(^|\.)Migrations\.(?<version>[0-9]{4})_(?<name>[A-Za-z0-9_-]+)\.sql$", RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();
}
