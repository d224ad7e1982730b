namespace Nura.Manifests.Helm;

/// <summary>Files of the chart that are the same for every system, carried in the assembly.</summary>
internal static class ChartResources
{
    private const string TemplatePrefix = "templates/";

    public static string Read(string name)
    {
        using var stream = typeof(ChartResources).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks '{name}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>Path in the chart and text of each template.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Templates() => typeof(ChartResources).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(TemplatePrefix, StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(name => KeyValuePair.Create(name, Read(name)));
}
