namespace Nura.Manifests.Model;

/// <summary>How literal text is written where Kubernetes replaces "$(NAME)".</summary>
internal static class KubernetesText
{
    /// <summary>"$(" becomes "$$(", which Kubernetes turns back into "$(" instead of a variable.</summary>
    public static string Escape(string text) => text.Replace("$(", "$$(", StringComparison.Ordinal);
}
