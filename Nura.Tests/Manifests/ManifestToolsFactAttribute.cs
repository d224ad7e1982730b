namespace Nura.Tests.Manifests;

/// <summary>A test that needs helm, kubectl and the validators: skipped where they are not set up, but never in CI.</summary>
internal sealed class ManifestToolsFactAttribute : FactAttribute
{
    /// <param name="tool">One more program that is needed.</param>
    public ManifestToolsFactAttribute(string? tool = null) =>
        Skip = ManifestTools.Missing ?? (tool is null ? null : new Requirements.ToolFactAttribute(tool).Skip);
}

/// <inheritdoc cref="ManifestToolsFactAttribute"/>
internal sealed class ManifestToolsTheoryAttribute : TheoryAttribute
{
    public ManifestToolsTheoryAttribute() => Skip = ManifestTools.Missing;
}
