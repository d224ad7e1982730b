global using Nura.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Nura.Hosting;

internal static class InstanceIds
{
    extension(IResource resource)
    {
        /// <summary>The id of the resource's instance: with a random suffix where it is a process, else its name.</summary>
        public string InstanceId => resource.Annotations.OfType<InstanceIdAnnotation>().LastOrDefault()?.Id ?? resource.Name;
    }
}
