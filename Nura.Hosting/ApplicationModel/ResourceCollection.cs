using System.Collections.ObjectModel;
using Aspire.Hosting.ApplicationModel;

namespace Nura.Hosting;

internal sealed class ResourceCollection(IList<IResource> resources) : Collection<IResource>(resources), IResourceCollection
{
    public ResourceCollection()
        : this([])
    {
    }
}
