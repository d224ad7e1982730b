namespace Nura.Hosting;

/// <summary>A running PostgreSQL server of ours. Stopping it leaves all data on disk.</summary>
internal interface IPostgresServer : IRunning
{
    int Port { get; }

    /// <summary>What a connection string to it needs besides host, port, user and password.</summary>
    string Settings { get; }
}
