using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>Adds PostgreSQL servers and databases.</summary>
public static class PostgresBuilderExtensions
{
    /// <summary>
    /// Adds a server. In run mode it is, in this order: the server in the configuration, what had the data last, a container,
    /// PostgreSQL with pgvector on this machine, PGlite.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="userName">The user; <c>postgres</c> when null.</param>
    /// <param name="password">The password; generated and kept when null.</param>
    /// <param name="port">The port that clients connect to; any when null.</param>
    public static IResourceBuilder<PostgresServerResource> AddPostgres(this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource>? userName = null, IResourceBuilder<ParameterResource>? password = null, int? port = null)
    {
        var secret = password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password");
        var server = new PostgresServerResource(name, userName?.Resource, secret);
        var added = builder.AddResource(server)
            .WithEndpoint(port: port, targetPort: 5432, name: "tcp")
            .WithAnnotation(new ContainerImageAnnotation { Registry = "docker.io", Image = "library/postgres", Tag = "17.6" })
            .WithEnvironment("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256")
            .WithEnvironment("POSTGRES_INITDB_ARGS", "--auth-host=scram-sha-256 --auth-local=scram-sha-256")
            .WithEnvironment(context =>
            {
                context.EnvironmentVariables["POSTGRES_USER"] = server.UserName;
                context.EnvironmentVariables["POSTGRES_PASSWORD"] = server.PasswordParameter;
            })
            .WithProcessCommands();
        if (builder.ExecutionContext.IsPublishMode)
        {
            return added;
        }

        var backend = new PostgresBackend(server);
        return added.WithAnnotation(backend).WithCheck(server).OnResourceReady((_, ready, _) =>
        {
            backend.Note(ready.Services);
            return Task.CompletedTask;
        });
    }

    /// <summary>Adds a database; it is created when the server is ready.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null)
    {
        var database = new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource) { Configured = builder.ApplicationBuilder.Configuration.GetConnectionString(name) };
        var added = builder.ApplicationBuilder.AddResource(database);
        if (builder.ApplicationBuilder.ExecutionContext.IsPublishMode)
        {
            return added;
        }

        builder.OnResourceReady(async (server, ready, cancellationToken) =>
        {
            await PostgresDatabases.CreateAsync(server, database, cancellationToken);
            await ready.Services.GetRequiredService<Orchestrator>().RunWithoutProcessAsync(database);
        });
        return added.WithCheck(database);
    }

    /// <summary>Keeps the data in a named volume.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataVolume(this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false)
    {
        // From version 18 on, images keep data one level higher; tags that are no version keep the old path.
        var tag = builder.Resource.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault()?.Tag ?? "";
        var major = int.TryParse(tag.Split('.', '-')[0], out var number) ? number : 0;
        return builder.WithVolume(name ?? $"{builder.Resource.Name}-data", major >= 18 ? "/var/lib/postgresql" : "/var/lib/postgresql/data", isReadOnly);
    }

    private static IResourceBuilder<T> WithCheck<T>(this IResourceBuilder<T> builder, IResourceWithConnectionString resource)
        where T : IResource
    {
        var key = $"{resource.Name}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(key, _ => new PostgresHealthCheck(resource), failureStatus: null, tags: null));
        return builder.WithHealthCheck(key);
    }
}
