namespace Aspire.Hosting.ApplicationModel;

/// <summary>The base of all resources.</summary>
public abstract class Resource : IResource
{
    /// <summary>Creates a resource with a valid name.</summary>
    /// <exception cref="ArgumentException">The name is not 1 to 64 ASCII letters, digits and single inner hyphens that begin with a letter.</exception>
    protected Resource(string name)
    {
        Nura.Hosting.ModelNames.Validate("Resource", name);
        Name = name;
    }

    /// <inheritdoc/>
    public virtual string Name { get; }

    /// <inheritdoc/>
    public virtual ResourceAnnotationCollection Annotations { get; } = [];
}
