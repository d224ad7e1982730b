namespace Nura.Tests.Manifests;

/// <summary>A test that needs helm, kubectl and the validators: skipped where they are not set up, but never in CI.</summary>
internal sealed class ManifestToolsFactAttribute : FactAttribute
{
    public ManifestToolsFactAttribute() => Skip = ManifestTools.Missing;
}

/// <inheritdoc cref="ManifestToolsFactAttribute"/>
internal sealed class ManifestToolsTheoryAttribute : TheoryAttribute
{
    public ManifestToolsTheoryAttribute() => Skip = ManifestTools.Missing;
}
