using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Nura.ServiceDefaults.Data;

/// <summary>Asks the database for one row. The description names the error's class only: hosts and users stay out of it.</summary>
internal sealed class NpgsqlHealthCheck(IServiceProvider services) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (PostgresException exception)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"PostgreSQL refuses: SQLSTATE {exception.SqlState}.", exception);
        }
        catch (NpgsqlException exception)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "PostgreSQL does not answer.", exception);
        }
        catch (OperationCanceledException exception) when (!context.Registration.Timeout.Equals(Timeout.InfiniteTimeSpan))
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "PostgreSQL does not answer in time.", exception);
        }
        catch (InvalidOperationException exception)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "PostgreSQL is not configured.", exception);
        }
    }
}
