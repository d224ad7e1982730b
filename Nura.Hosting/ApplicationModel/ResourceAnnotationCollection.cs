using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The annotations of a resource, in the order of addition.</summary>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;
