namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of the distributed application: a project, a database, a parameter.</summary>
public interface IResource
{
    /// <summary>The name, unique in the application whatever its case.</summary>
    string Name { get; }

    /// <summary>What is known about the resource besides its type.</summary>
    ResourceAnnotationCollection Annotations { get; }
}
