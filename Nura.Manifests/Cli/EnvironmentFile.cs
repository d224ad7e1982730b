using System.Security.Cryptography;
using Nura.Manifests.Compose;

namespace Nura.Manifests.Cli;

/// <summary>The .env of a composition: values that may be random are made once and kept, the others are the user's to give.</summary>
internal static class EnvironmentFile
{
    private const string Letters = "ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";

    /// <param name="folder">Folder of the composition.</param>
    /// <param name="cancellationToken">Stops before the file is replaced.</param>
    /// <returns>Names of the values that were made now.</returns>
    /// <exception cref="ManifestToolException">A value only the user can give is missing.</exception>
    public static async Task<IReadOnlyList<string>> CompleteAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, ComposeFile.SecretsFile);
        var values = new OrderedDictionary<string, string>();
        foreach (var line in File.Exists(path) ? await File.ReadAllLinesAsync(path, cancellationToken) : [])
        {
            if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && line[0] != '#')
            {
                values[line[..at]] = line[(at + 1)..];
            }
        }

        var made = new List<string>();
        var missing = new List<string>();
        var hint = "";
        foreach (var line in await File.ReadAllLinesAsync(Path.Combine(folder, ".env.example"), cancellationToken))
        {
            if (line.StartsWith('#'))
            {
                hint = line;
                continue;
            }

            var name = line.TrimEnd('=');
            if (!string.IsNullOrEmpty(values.GetValueOrDefault(name)))
            {
                continue;
            }

            if (hint.StartsWith("# random, at least ", StringComparison.Ordinal))
            {
                // Letters and digits suit every rule, and read the same percent-encoded.
                values[name] = RandomNumberGenerator.GetString(Letters, Math.Max(24, int.Parse(hint.Split(' ')[4], System.Globalization.CultureInfo.InvariantCulture)));
                made.Add(name);
            }
            else if (hint.EndsWith(", percent-encoded", StringComparison.Ordinal)
                && values.TryGetValue(hint[2..hint.IndexOf(',', StringComparison.Ordinal)].ToUpperInvariant().Replace('-', '_'), out var plain))
            {
                values[name] = Uri.EscapeDataString(plain);
            }
            else
            {
                missing.Add(name);
            }
        }

        if (missing.Count > 0)
        {
            throw new ManifestToolException($"'{path}' needs values for {string.Join(", ", missing)}. Write NAME=value lines and apply again.");
        }

        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var writer = new StreamWriter(path + ".writing", options))
        {
            foreach (var (name, value) in values)
            {
                await writer.WriteLineAsync($"{name}={value}".AsMemory(), cancellationToken);
            }
        }

        File.Move(path + ".writing", path, overwrite: true);
        return made;
    }
}
