using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>Describes resources: environment, references, endpoints, waiting, health, commands.</summary>
public static class ResourceBuilderExtensions
{
    /// <summary>Sets an environment variable.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value)
        where T : IResourceWithEnvironment => builder.WithEnvironment(context => context.EnvironmentVariables[name] = value ?? "");

    /// <summary>Sets an environment variable to text with values in it.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, in ReferenceExpression.ExpressionInterpolatedStringHandler value)
        where T : IResourceWithEnvironment
    {
        var expression = ReferenceExpression.Create(value);
        return builder.WithEnvironment(context => context.EnvironmentVariables[name] = expression);
    }

    /// <summary>Sets an environment variable to an endpoint's URL.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, EndpointReference endpointReference)
        where T : IResourceWithEnvironment => builder.WithEnvironment(context => context.EnvironmentVariables[name] = endpointReference);

    /// <summary>Sets an environment variable to a parameter's value.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> parameter)
        where T : IResourceWithEnvironment => builder.WithEnvironment(context => context.EnvironmentVariables[name] = parameter.Resource);

    /// <summary>Sets environment variables just before the resource starts.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, Action<EnvironmentCallbackContext> callback)
        where T : IResourceWithEnvironment => builder.WithAnnotation(new EnvironmentCallbackAnnotation(callback));

    /// <summary>Sets environment variables just before the resource starts.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, Func<EnvironmentCallbackContext, Task> callback)
        where T : IResourceWithEnvironment => builder.WithAnnotation(new EnvironmentCallbackAnnotation(callback));

    /// <summary>Adds arguments.</summary>
    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params string[] args)
        where T : IResourceWithArgs => builder.WithArgs(context =>
        {
            foreach (var argument in args)
            {
                context.Args.Add(argument);
            }
        });

    /// <summary>Adds arguments just before the resource starts.</summary>
    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, Action<CommandLineArgsCallbackContext> callback)
        where T : IResourceWithArgs => builder.WithAnnotation(new CommandLineArgsCallbackAnnotation(context =>
        {
            callback(context);
            return Task.CompletedTask;
        }));

    /// <summary>
    /// Gives the connection string of another resource as <c>ConnectionStrings__{name}</c>, and its parts as
    /// <c>{NAME}_{PART}</c>.
    /// </summary>
    /// <param name="builder">The consumer.</param>
    /// <param name="source">The resource to connect to.</param>
    /// <param name="connectionName">Another name than the resource's.</param>
    /// <param name="optional">Whether the consumer also starts when there is nothing to connect to.</param>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        var resource = source.Resource;
        var name = connectionName ?? resource.Name;
        return builder.WithRelation(resource, "Reference").WithEnvironment(async context =>
        {
            if (context.ExecutionContext.IsRunMode && string.IsNullOrEmpty(await resource.GetConnectionStringAsync(context.CancellationToken)))
            {
                if (!optional)
                {
                    throw new DistributedApplicationException($"The connection string of '{resource.Name}' is not available, and '{builder.Resource.Name}' needs it.");
                }

                return;
            }

            context.EnvironmentVariables[resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{name}"] = resource;
            foreach (var (part, value) in resource.GetConnectionProperties())
            {
                context.EnvironmentVariables[$"{ModelNames.Encode(name).ToUpperInvariant()}_{part.ToUpperInvariant()}"] = value;
            }
        });
    }

    /// <summary>Gives the endpoints of another resource as <c>services__{name}__{scheme}__{i}</c> and <c>{NAME}_{ENDPOINT}</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        var name = source.Resource.Name;
        return builder.WithRelation(source.Resource, "Reference").WithEnvironment(context =>
        {
            foreach (var group in source.Resource.Annotations.OfType<EndpointAnnotation>().GroupBy(e => e.UriScheme))
            {
                foreach (var (i, endpoint) in group.Index())
                {
                    var reference = new EndpointReference(source.Resource, endpoint);
                    context.EnvironmentVariables[$"{ModelNames.Encode(name).ToUpperInvariant()}_{ModelNames.Encode(endpoint.Name).ToUpperInvariant()}"] = reference;
                    context.EnvironmentVariables[string.Create(System.Globalization.CultureInfo.InvariantCulture, $"services__{name}__{group.Key}__{i}")] = reference;
                }
            }
        });
    }

    /// <summary>Adds an endpoint.</summary>
    public static IResourceBuilder<T> WithEndpoint<T>(this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? scheme = null, string? name = null, string? env = null, bool isProxied = true, bool? isExternal = null, ProtocolType? protocol = null)
        where T : IResourceWithEndpoints
    {
        var endpoint = new EndpointAnnotation(protocol ?? ProtocolType.Tcp, scheme, name: name, port: port, targetPort: targetPort, isExternal: isExternal, isProxied: isProxied);
        if (builder.Resource.Annotations.OfType<EndpointAnnotation>().Any(e => string.Equals(e.Name, endpoint.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' has two endpoints named '{endpoint.Name}'. Names are compared whatever their case.");
        }

        // A manifest reader sees the port in the container; a container without one cannot be reached.
        if (env is not null && builder.Resource is IResourceWithEnvironment)
        {
            var reference = builder.GetEndpoint(endpoint.Name);
            builder.WithAnnotation(new EnvironmentCallbackAnnotation(context => context.EnvironmentVariables[env] = ReferenceExpression.Create($"{reference.Property(EndpointProperty.TargetPort)}")));
        }

        return builder.WithAnnotation(endpoint);
    }

    /// <summary>Adds an http endpoint.</summary>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool isProxied = true)
        where T : IResourceWithEndpoints => builder.WithEndpoint(port, targetPort, "http", name, env, isProxied);

    /// <summary>Opens the http(s) endpoints described so far to users outside the application.</summary>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.UriScheme is "http" or "https"))
        {
            endpoint.IsExternal = true;
        }

        return builder;
    }

    /// <summary>References an endpoint by name; it may be described later.</summary>
    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name)
        where T : IResourceWithEndpoints => new(builder.Resource, name);

    /// <summary>Changes how an endpoint's URL is shown.</summary>
    public static IResourceBuilder<T> WithUrlForEndpoint<T>(this IResourceBuilder<T> builder, string endpointName, Action<ResourceUrlAnnotation> callback)
        where T : IResource => builder.WithAnnotation(new ResourceUrlsCallbackAnnotation(context =>
        {
            foreach (var url in context.Urls.Where(u => string.Equals(u.Endpoint?.EndpointName, endpointName, StringComparison.OrdinalIgnoreCase)))
            {
                callback(url);
            }
        }));

    /// <summary>Holds the start until a dependency runs, is healthy, and its ready handlers are done; and its parent likewise.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.AddWait(dependency.Resource, WaitType.WaitUntilHealthy, null);

    /// <summary>Holds the start until a dependency runs, is healthy, and its ready handlers are done; and its parent likewise.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitBehavior waitBehavior)
        where T : IResourceWithWaitSupport => builder.AddWait(dependency.Resource, WaitType.WaitUntilHealthy, waitBehavior);

    /// <summary>Holds the start until a dependency ended with an exit code.</summary>
    public static IResourceBuilder<T> WaitForCompletion<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport => builder.AddWait(dependency.Resource, WaitType.WaitForCompletion, null, exitCode);

    /// <summary>Starts the resource only by its start command.</summary>
    public static IResourceBuilder<T> WithExplicitStart<T>(this IResourceBuilder<T> builder)
        where T : IResource => builder.WithAnnotation(new ExplicitStartupAnnotation());

    /// <summary>Takes the resource's health from a registered health check.</summary>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key)
        where T : IResource => builder.WithAnnotation(new HealthCheckAnnotation(key));

    /// <summary>Takes the resource's health from an HTTP request.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="path">What is asked for; <c>/</c> when null.</param>
    /// <param name="statusCode">What is expected; 200 when null.</param>
    /// <param name="endpointName">Whom; https or else http when null.</param>
    /// <exception cref="DistributedApplicationException">There is no such endpoint, or it does not speak HTTP.</exception>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        var endpoints = builder.Resource.Annotations.OfType<EndpointAnnotation>().ToList();
        var endpoint = endpointName is null
            ? endpoints.FirstOrDefault(e => e.UriScheme == "https") ?? endpoints.FirstOrDefault(e => e.UriScheme == "http")
            : endpoints.FirstOrDefault(e => string.Equals(e.Name, endpointName, StringComparison.OrdinalIgnoreCase));
        if (endpoint is not { UriScheme: "http" or "https" })
        {
            throw new DistributedApplicationException($"A health check by HTTP on '{builder.Resource.Name}' needs an http or https endpoint{(endpointName is null ? "" : $" named '{endpointName}'")}.");
        }

        path ??= "/";
        var expected = statusCode ?? 200;
        var key = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{builder.Resource.Name}_{endpoint.Name}_{path}_{expected}_check");
        var reference = new EndpointReference(builder.Resource, endpoint);
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            key,
            services => new HttpEndpointHealthCheck(services.GetRequiredService<IHttpClientFactory>(), reference, path, expected),
            failureStatus: null,
            tags: null));
        return builder.WithHealthCheck(key);
    }

    /// <summary>Adds a command that users can run.</summary>
    public static IResourceBuilder<T> WithCommand<T>(this IResourceBuilder<T> builder, string name, string displayName, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand, CommandOptions? commandOptions = null)
        where T : IResource
    {
        var options = commandOptions ?? new();
        return builder.WithAnnotation(new ResourceCommandAnnotation(
            name, displayName, options.UpdateState ?? (_ => ResourceCommandState.Enabled), executeCommand, options.Description, null, options.ConfirmationMessage, options.IconName, null, options.IsHighlighted));
    }

    private static IResourceBuilder<T> AddWait<T>(this IResourceBuilder<T> builder, IResource dependency, WaitType type, WaitBehavior? behavior, int exitCode = 0)
        where T : IResourceWithWaitSupport
    {
        if (dependency == (IResource)builder.Resource)
        {
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' cannot wait for itself.");
        }

        if (builder.Resource is IResourceWithParent { Parent: var own } && own == dependency)
        {
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' cannot wait for its parent '{dependency.Name}'.");
        }

        if (type == WaitType.WaitUntilHealthy && dependency is IResourceWithParent { Parent: var parent })
        {
            builder.WithAnnotation(new WaitAnnotation(parent, type) { WaitBehavior = behavior });
        }

        return builder.WithRelation(dependency, "WaitFor").WithAnnotation(new WaitAnnotation(dependency, type, exitCode) { WaitBehavior = behavior });
    }

    private static IResourceBuilder<T> WithRelation<T>(this IResourceBuilder<T> builder, IResource other, string type)
        where T : IResource => builder.WithAnnotation(new ResourceRelationshipAnnotation(other, type));
}
