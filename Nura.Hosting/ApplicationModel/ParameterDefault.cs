using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a parameter gets its value when configuration has none.</summary>
public abstract class ParameterDefault
{
    /// <summary>Writes the <c>default</c> object of a manifest input.</summary>
    public abstract void WriteToManifest(ManifestPublishingContext context);

    /// <summary>A value; another at each call where it is generated.</summary>
    public abstract string GetDefaultValue();
}
