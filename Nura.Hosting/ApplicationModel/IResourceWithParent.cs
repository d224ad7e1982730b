namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource that lives within another.</summary>
public interface IResourceWithParent : IResource
{
    /// <summary>The resource it lives in.</summary>
    IResource Parent { get; }
}
