namespace Aspire.Npgsql;

/// <summary>Settings of a PostgreSQL connection, read from <c>Aspire:Npgsql</c> and <c>Aspire:Npgsql:{connectionName}</c>.</summary>
public sealed class NpgsqlSettings
{
    /// <summary>The connection string; <c>ConnectionStrings:{connectionName}</c> wins over the section.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Leaves the health check out. Default: <see langword="false"/>.</summary>
    public bool DisableHealthChecks { get; set; }
}
