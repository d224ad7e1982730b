using System.Text;
using Nura.Manifests.Manifest;

namespace Nura.Manifests.Model;

/// <summary>Volumes become claims; bind mounts, which a cluster cannot have, become ConfigMaps of the files they hold now.</summary>
internal static class VolumePlan
{
    /// <summary>A ConfigMap may hold 1 MiB with everything around the files.</summary>
    private const int MaxFileBytes = 900_000;

    private static readonly UTF8Encoding s_strictUtf8 = new(false, throwOnInvalidBytes: true);

    public static IReadOnlyList<WorkloadVolume> Volumes(ComputeResource resource)
    {
        var volumes = (resource as ContainerResource)?.Volumes
            .Select((volume, index) => new WorkloadVolume(KubernetesNames.Volume(volume.Name ?? $"data-{index}"), volume.Target, volume.ReadOnly)).ToList() ?? [];
        foreach (var clash in volumes.GroupBy(volume => volume.Name).Where(group => group.Count() > 1))
        {
            throw new ManifestToolException($"Resource '{resource.Name}': several volumes are called '{clash.Key}' in Kubernetes. Rename one.");
        }

        return volumes;
    }

    /// <param name="resource">The container.</param>
    /// <param name="directory">Folder of the manifest.</param>
    /// <param name="notes">Receives what changes in the cluster.</param>
    /// <exception cref="ManifestToolException">The source is missing, too large, or not text.</exception>
    public static IReadOnlyList<WorkloadFiles> Files(ComputeResource resource, string directory, ISet<string> notes)
    {
        var mounts = (resource as ContainerResource)?.BindMounts ?? [];
        return [.. mounts.Select((mount, index) => Files(resource.Name, mount, index, directory, notes))];
    }

    private static WorkloadFiles Files(string resource, ManifestBindMount mount, int index, string directory, ISet<string> notes)
    {
        var source = Path.GetFullPath(Path.Combine(directory, mount.Source));
        var single = File.Exists(source);
        if (!single && !Directory.Exists(source))
        {
            throw new ManifestToolException(
                $"Resource '{resource}' mounts '{mount.Source}', which is not there. A cluster cannot see your disk: use a volume, or put the files where the manifest says.");
        }

        if (!single && Directory.EnumerateDirectories(source).Any())
        {
            throw new ManifestToolException(
                $"Resource '{resource}' mounts '{mount.Source}', which has subfolders; a ConfigMap holds one level of files. Build the files into an image instead.");
        }

        var content = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var bytes = 0L;
        foreach (var file in single ? [source] : Directory.EnumerateFiles(source))
        {
            bytes += new FileInfo(file).Length;
            if (bytes > MaxFileBytes)
            {
                throw new ManifestToolException($"Resource '{resource}' mounts '{mount.Source}', more than the {MaxFileBytes} bytes a ConfigMap can carry. Use a volume or an image.");
            }

            try
            {
                content[Path.GetFileName(file)] = s_strictUtf8.GetString(File.ReadAllBytes(file));
            }
            catch (DecoderFallbackException exception)
            {
                throw new ManifestToolException($"Resource '{resource}' mounts '{Path.GetFileName(file)}', which is not UTF-8 text. Build it into an image instead.", exception);
            }
        }

        if (!mount.ReadOnly)
        {
            notes.Add($"'{resource}' may write to '{mount.Target}' locally; in the cluster it is read-only.");
        }

        return new WorkloadFiles($"files-{index}", mount.Target, single ? Path.GetFileName(source) : null, content);
    }
}
