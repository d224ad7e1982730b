using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds Redis servers.</summary>
public static class RedisBuilderExtensions
{
    /// <summary>
    /// Adds a server. In run mode it is, in this order: the server in the configuration, a container, the
    /// <c>redis-server</c> of this machine, nothing: optional references to it are then left out.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="port">The port that clients connect to; any when null.</param>
    /// <param name="password">The password; generated and kept when null.</param>
    public static IResourceBuilder<RedisResource> AddRedis(this IDistributedApplicationBuilder builder, string name, int? port = null, IResourceBuilder<ParameterResource>? password = null)
    {
        var secret = password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false);
        var redis = new RedisResource(name, secret);
        var added = builder.AddResource(redis)
            .WithEndpoint(port: port, targetPort: 6379, name: "tcp")
            .WithAnnotation(new ContainerImageAnnotation { Registry = "docker.io", Image = "library/redis", Tag = "8.6" })
            .WithEnvironment(context => context.EnvironmentVariables["REDIS_PASSWORD"] = secret)
            .WithArgs(context =>
            {
                context.Args.Add("-c");
                context.Args.Add($"redis-server --requirepass $REDIS_PASSWORD{(redis.Annotations.OfType<ContainerMountAnnotation>().Any() ? " --save 60 1" : "")}");
            })
            .WithProcessCommands();
        redis.Entrypoint = "/bin/sh";
        return builder.ExecutionContext.IsPublishMode ? added : added.WithAnnotation(new RedisBackend(redis));
    }

    /// <summary>Keeps the data in a named volume.</summary>
    public static IResourceBuilder<RedisResource> WithDataVolume(this IResourceBuilder<RedisResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithVolume(name ?? $"{builder.Resource.Name}-data", "/data", isReadOnly);
}
