namespace Nura.Manifests.Model;

/// <summary>What a well-known public image needs to run without root and with a read-only file system.</summary>
/// <param name="User">The user the image itself prepares; 0 when any will do.</param>
/// <param name="WritablePaths">Folders it writes to besides its volumes and /tmp.</param>
/// <param name="Probe">A command that tells whether it is ready, when a TCP connection says too little.</param>
internal sealed record KnownImage(int User, IReadOnlyList<string> WritablePaths, IReadOnlyList<string> Probe)
{
    // Users as the images' own Dockerfiles create them.
    private static readonly Dictionary<string, KnownImage> s_images = new()
    {
        // pg_isready answers without a password; a TCP connect succeeds while recovery still runs.
        ["postgres"] = new(999, ["/var/run/postgresql"], ["pg_isready", "--quiet", "--host=127.0.0.1"]),
        ["pgvector"] = new(999, ["/var/run/postgresql"], ["pg_isready", "--quiet", "--host=127.0.0.1"]),
        ["redis"] = new(999, ["/data"], []),
        ["valkey"] = new(999, ["/data"], []),
        ["rabbitmq"] = new(999, ["/var/lib/rabbitmq"], []),
        ["mysql"] = new(999, ["/var/run/mysqld", "/var/lib/mysql"], []),
        ["mongo"] = new(999, ["/data/db", "/data/configdb"], []),
        ["vllm-openai"] = new(2000, ["/root"], []),
    };

    /// <summary>Facts about the image of that repository, whatever registry it comes from.</summary>
    public static KnownImage? Find(string repository) => s_images.GetValueOrDefault(repository[(repository.LastIndexOf('/') + 1)..]);
}
