namespace Aspire.StackExchange.Redis;

/// <summary>Settings of a Redis connection, read from <c>Aspire:StackExchange:Redis</c> and <c>Aspire:StackExchange:Redis:{connectionName}</c>.</summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>The connection string; <c>ConnectionStrings:{connectionName}</c> wins over the section.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Leaves the health check out. Default: <see langword="false"/>.</summary>
    public bool DisableHealthChecks { get; set; }
}
