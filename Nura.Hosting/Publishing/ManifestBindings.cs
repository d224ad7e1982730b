using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Nura.Hosting;

/// <summary>Writes the endpoints of resources into a manifest.</summary>
internal sealed class ManifestBindings(Utf8JsonWriter json)
{
    private int _nextPort = 8000;

    public void Write(IResource resource)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToList();
        if (endpoints.Count == 0)
        {
            return;
        }

        var schemes = new HashSet<string>(StringComparer.Ordinal);
        json.WriteStartObject("bindings");
        foreach (var endpoint in endpoints)
        {
            var isDefault = resource is ProjectResource && endpoint.UriScheme is "http" or "https" && schemes.Add(endpoint.UriScheme);
            Write(endpoint, TargetPort(resource, endpoint, isDefault));
        }

        json.WriteEndObject();
    }

    private void Write(EndpointAnnotation endpoint, int? targetPort)
    {
        json.WriteStartObject(endpoint.Name);
        json.WriteString("scheme", endpoint.UriScheme);
        json.WriteString("protocol", endpoint.Protocol.ToString().ToLowerInvariant());
        json.WriteString("transport", endpoint.Transport);
        if (endpoint.Port is { } port && port != targetPort)
        {
            json.WriteNumber("port", port);
        }

        if (targetPort is { } target)
        {
            json.WriteNumber("targetPort", target);
        }

        if (endpoint.IsExternal)
        {
            json.WriteBoolean("external", true);
        }

        json.WriteEndObject();
    }

    /// <summary>A project's first endpoint of each web scheme gets its port from the deployment; a container's has the public one.</summary>
    private int? TargetPort(IResource resource, EndpointAnnotation endpoint, bool isDefault) =>
        endpoint.TargetPort ?? (isDefault ? null : resource is ContainerResource && endpoint.Port is { } port ? port : _nextPort++);
}
