using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds projects.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project, launched as its first launch profile says.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() => Add(builder, name, new TProject(), null, excludeProfile: false);

    /// <summary>Adds a project, launched as the named launch profile says, or without one where the name is null.</summary>
    /// <exception cref="DistributedApplicationException">The project has no profile of that name.</exception>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, string? launchProfileName)
        where TProject : IProjectMetadata, new() => Add(builder, name, new TProject(), launchProfileName, excludeProfile: launchProfileName is null);

    private static IResourceBuilder<ProjectResource> Add(IDistributedApplicationBuilder builder, string name, IProjectMetadata metadata, string? launchProfileName, bool excludeProfile)
    {
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(metadata).WithProcessCommands();
        var profile = excludeProfile ? null : LaunchProfiles.Select(metadata, launchProfileName, builder.Configuration);
        if (profile is not null)
        {
            project.WithAnnotation(profile);
            AddEndpoints(project, profile.Profile);
        }

        return project.WithEnvironment(context =>
        {
            var variables = context.EnvironmentVariables;
            variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
            var endpoints = project.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.UriScheme is "http" or "https").ToList();
            if (context.ExecutionContext.IsRunMode)
            {
                variables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
                SetPorts("ASPNETCORE_URLS", endpoints, e => $"{e.UriScheme}://localhost:");
                return;
            }

            if (endpoints.Count > 0)
            {
                variables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
            }

            SetPorts("HTTP_PORTS", endpoints.Where(e => e.UriScheme == "http"), _ => "");
            SetPorts("HTTPS_PORTS", endpoints.Where(e => e.UriScheme == "https" && !e.FromLaunchProfile), _ => "");

            void SetPorts(string variable, IEnumerable<EndpointAnnotation> listened, Func<EndpointAnnotation, string> prefix)
            {
                var text = new ReferenceExpressionBuilder();
                foreach (var (i, endpoint) in listened.Index())
                {
                    text.AppendLiteral((i == 0 ? "" : ";") + prefix(endpoint));
                    text.AppendFormatted(project.GetEndpoint(endpoint.Name).Property(EndpointProperty.TargetPort));
                    variables[variable] = text.Build();
                }
            }
        });
    }

    /// <summary>A deployed project listens on both schemes as soon as it listens at all; where is the deployment's business.</summary>
    private static void AddEndpoints(IResourceBuilder<ProjectResource> project, LaunchProfile profile)
    {
        var urls = (profile.ApplicationUrl ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(url => new Uri(url.Replace("*", "localhost", StringComparison.Ordinal))).ToList();
        var publish = project.ApplicationBuilder.ExecutionContext.IsPublishMode;
        IEnumerable<(string Scheme, int? Port)> endpoints = publish && urls.Count > 0
            ? [("http", null), ("https", null)]
            : urls.Select(url => (url.Scheme, (int?)(url.Port == 0 ? null : url.Port)));
        foreach (var group in endpoints.GroupBy(e => e.Scheme))
        {
            foreach (var (i, (scheme, port)) in group.Index())
            {
                var name = i == 0 ? scheme : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{scheme}{i + 1}");
                project.WithAnnotation(new EndpointAnnotation(ProtocolType.Tcp, scheme, name: name, port: port) { FromLaunchProfile = true });
            }
        }
    }
}
