using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Where a project is. One class per referenced project is generated in namespace <c>Projects</c>.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>Full path of the project file.</summary>
    string ProjectPath { get; }

    /// <summary>Launch settings that stand in for those in the project's folder.</summary>
    LaunchSettings? LaunchSettings => null;

    /// <summary>Whether the project is already built.</summary>
    bool SuppressBuild => false;
}
