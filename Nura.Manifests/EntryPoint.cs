namespace Nura.Manifests;

internal static class EntryPoint
{
    private static int Main() => 0;
}
