namespace Aspire.Hosting.ApplicationModel;

/// <summary>Reads resources.</summary>
public static class ResourceExtensions
{
    /// <summary>References an endpoint by name.</summary>
    public static EndpointReference GetEndpoint(this IResourceWithEndpoints resource, string endpointName) => new(resource, endpointName);
}
