namespace Nura.Hosting;

/// <summary>A running PostgreSQL server of ours.</summary>
internal interface IPostgresServer : IAsyncDisposable
{
    int Port { get; }

    /// <summary>What it is, for people.</summary>
    string Description { get; }

    /// <summary>What a connection string to it needs besides host, port, user and password.</summary>
    string Settings { get; }

    /// <summary>Whether databases can be created; without, every database name leads to the same one.</summary>
    bool HasManyDatabases { get; }

    int ProcessId { get; }

    Task<int> Exited { get; }

    /// <summary>Ends it with all data on disk.</summary>
    Task StopAsync();
}
