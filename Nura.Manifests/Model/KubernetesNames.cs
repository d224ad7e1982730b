namespace Nura.Manifests.Model;

/// <summary>Names as Kubernetes wants them: RFC 1035 labels.</summary>
internal static class KubernetesNames
{
    /// <summary>Longest name of a Service or of a label's value.</summary>
    public const int MaxLabel = 63;

    /// <summary>A StatefulSet's and a Job's pods carry the name plus a suffix of up to 11 characters in a label.</summary>
    public const int MaxWithSuffix = 52;

    /// <summary>A resource name in lower case; Aspire's names are letters, digits and hyphens already.</summary>
    public static string Resource(string name) => name.ToLowerInvariant();

    /// <summary>Volume names may hold dots and underscores, which a claim may not.</summary>
    public static string Volume(string name)
    {
        var text = new string([.. name.ToLowerInvariant().Select(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) ? letter : '-')]).Trim('-');
        return text.Length <= MaxLabel ? text : text[..MaxLabel].TrimEnd('-');
    }

    /// <summary>Port names have at most 15 characters.</summary>
    public static string Port(string endpoint, int number) =>
        endpoint.Length <= 15 ? endpoint.ToLowerInvariant() : $"port-{number}";

    /// <exception cref="ManifestToolException">The name cannot be used for a workload of that kind.</exception>
    public static string Workload(string name, WorkloadKind kind)
    {
        var label = Resource(name);
        var limit = kind == WorkloadKind.Deployment ? MaxLabel : MaxWithSuffix;
        if (label.Length > limit)
        {
            throw new ManifestToolException(
                $"Resource '{name}' has {label.Length} characters; Kubernetes allows {limit} for a {kind}. Give it a shorter name in the AppHost.");
        }

        if (!IsLabel(label))
        {
            throw new ManifestToolException($"Resource '{name}' is not a name Kubernetes accepts: letters, digits and inner hyphens, beginning with a letter.");
        }

        return label;
    }

    /// <summary>Whether the text is a lower-case DNS label that begins with a letter.</summary>
    public static bool IsLabel(string text) =>
        text.Length is > 0 and <= MaxLabel && char.IsAsciiLetterLower(text[0]) && text[^1] != '-'
        && text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');
}
