using Aspire.Hosting.ApplicationModel;

namespace Nura.Hosting;

/// <summary>The id of the one instance that a resource has here.</summary>
internal sealed record InstanceIdAnnotation(string Id) : IResourceAnnotation;
