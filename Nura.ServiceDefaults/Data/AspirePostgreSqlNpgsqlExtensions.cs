using Aspire.Npgsql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using Nura.ServiceDefaults.Data;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers PostgreSQL with the signatures of Aspire's client package.</summary>
public static class AspirePostgreSqlNpgsqlExtensions
{
    /// <summary>Adds an <see cref="NpgsqlDataSource"/> as singleton, with a health check. Traces and metrics are Npgsql's own.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="connectionName">Key below <c>ConnectionStrings</c>.</param>
    /// <param name="configureSettings">Changes the settings after configuration was read.</param>
    /// <param name="configureDataSourceBuilder">Changes how the data source is built.</param>
    /// <exception cref="InvalidOperationException">When the data source is first needed: no connection string; the message names the key.</exception>
    public static void AddNpgsqlDataSource(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<NpgsqlSettings>? configureSettings = null,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        var settings = new NpgsqlSettings();
        var section = builder.Configuration.GetSection("Aspire:Npgsql");
        section.Bind(settings);
        section.GetSection(connectionName).Bind(settings);
        if (builder.Configuration.GetConnectionString(connectionName) is { Length: > 0 } connectionString)
        {
            settings.ConnectionString = connectionString;
        }

        configureSettings?.Invoke(settings);
        builder.Services.AddSingleton(services =>
        {
            if (string.IsNullOrWhiteSpace(settings.ConnectionString))
            {
                throw new InvalidOperationException(
                    $"No PostgreSQL connection string. Set 'ConnectionStrings:{connectionName}' (environment variable ConnectionStrings__{connectionName}), "
                    + "or start the service through the AppHost, which sets it.");
            }

            var dataSource = new NpgsqlDataSourceBuilder(settings.ConnectionString);
            dataSource.UseLoggerFactory(services.GetRequiredService<ILoggerFactory>());
            configureDataSourceBuilder?.Invoke(dataSource);
            return dataSource.Build();
        });

        if (!settings.DisableHealthChecks)
        {
            builder.Services.AddHealthChecks()
                .AddCheck<NpgsqlHealthCheck>("PostgreSql", HealthStatus.Unhealthy, [], TimeSpan.FromSeconds(3));
        }
    }
}
