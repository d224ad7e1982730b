using System.Security.Cryptography;
using System.Text;
using Nura.Manifests.Model;
using Nura.Manifests.Output;

namespace Nura.Manifests.Promotion;

/// <summary>What was built once and moves through the stages unchanged: image digests and the commit they were built from.</summary>
/// <param name="Id">Made from the rest, so that one id always means the same digests.</param>
/// <param name="Commit">Full hash of the source commit.</param>
/// <param name="Images">Digest by workload.</param>
internal sealed record Release(string Id, string Commit, IReadOnlyDictionary<string, string> Images)
{
    private const string None = "none";

    /// <exception cref="ManifestToolException">The commit or a digest is malformed, or there is no image.</exception>
    public static Release Create(string commit, IReadOnlyDictionary<string, string> images)
    {
        if (commit.Length is not (40 or 64) || !commit.All(char.IsAsciiHexDigitLower))
        {
            throw new ManifestToolException($"'{commit}' is not a full commit hash.");
        }

        if (images.Count == 0)
        {
            throw new ManifestToolException("A release needs at least one image: --image name=sha256:...");
        }

        foreach (var (name, digest) in images)
        {
            if (!ImageReference.IsDigest(digest))
            {
                throw new ManifestToolException($"'{digest}' of '{name}' is not a digest (sha256: and 64 hex digits). Tags move; only digests are released.");
            }
        }

        var sorted = new SortedDictionary<string, string>(images.ToDictionary(), StringComparer.Ordinal);
        return new Release(IdOf(commit, sorted), commit, sorted);
    }

    /// <summary>Reads a release.yaml.</summary>
    /// <returns>Null when nothing was released yet.</returns>
    /// <exception cref="ManifestToolException">The file was edited by hand so that id and digests no longer fit.</exception>
    public static Release? Parse(string text, string path)
    {
        var map = YamlText.Read(text, path);
        if (map.GetValueOrDefault("release") is not IDictionary<string, object?> head || head["id"]?.ToString() is null or None)
        {
            return null;
        }

        var images = (map.GetValueOrDefault("images") as IDictionary<string, object?> ?? new Dictionary<string, object?>()).ToDictionary(image => image.Key, image => $"{image.Value}");
        var release = Create($"{head["commit"]}", images);
        return release.Id == head["id"]!.ToString()
            ? release
            : throw new ManifestToolException($"'{path}' was changed by hand: its digests belong to release '{release.Id}', not '{head["id"]}'. Undo the change; releases are made by promote.");
    }

    /// <summary>The release.yaml, which is also a value file of the chart.</summary>
    public string ToYaml()
    {
        var images = new OrderedDictionary<string, object?>();
        foreach (var (name, digest) in Images)
        {
            images[name] = digest;
        }

        return "# Written by promote and rollback; the same bytes in every stage.\n"
            + YamlText.Write(Tree.Map(("release", Tree.Map(("id", Id), ("commit", Commit))), ("images", images)));
    }

    private static string IdOf(string commit, SortedDictionary<string, string> images)
    {
        var content = commit + "\n" + string.Join('\n', images.Select(image => image.Key + "=" + image.Value));
        return commit[..7] + "-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..8];
    }
}
