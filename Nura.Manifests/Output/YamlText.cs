using YamlDotNet.Serialization;

namespace Nura.Manifests.Output;

/// <summary>Trees of ordered dictionaries, lists and scalars to YAML and back. Whatever YAML 1.1 readers could take for another type is quoted.</summary>
internal static class YamlText
{
    private static readonly ISerializer s_writer = new SerializerBuilder()
        .WithQuotingNecessaryStrings(quoteYaml1_1Strings: true)
        .WithIndentedSequences()
        .DisableAliases()
        .Build();

    private static readonly IDeserializer s_reader = new DeserializerBuilder().WithDuplicateKeyChecking().WithAttemptingUnquotedStringTypeDeserialization().Build();

    public static string Write(object tree) => s_writer.Serialize(tree).ReplaceLineEndings("\n");

    /// <summary>Several documents in one file.</summary>
    public static string WriteAll(IEnumerable<object> documents) => string.Join("---\n", documents.Select(Write));

    /// <returns>The mapping, empty for an empty document.</returns>
    /// <exception cref="ManifestToolException">Not YAML, or not a mapping.</exception>
    public static OrderedDictionary<string, object?> Read(string text, string path)
    {
        try
        {
            return s_reader.Deserialize<object?>(text) switch
            {
                null => [],
                Dictionary<object, object?> map => Convert(map),
                _ => throw new ManifestToolException($"'{path}' is not a YAML mapping."),
            };
        }
        catch (YamlDotNet.Core.YamlException exception)
        {
            throw new ManifestToolException($"'{path}' is not YAML: line {exception.Start.Line}, column {exception.Start.Column}: {exception.Message}", exception);
        }
    }

    private static OrderedDictionary<string, object?> Convert(Dictionary<object, object?> map)
    {
        var result = new OrderedDictionary<string, object?>();
        foreach (var (key, value) in map)
        {
            result[(string)System.Convert.ChangeType(key, typeof(string), System.Globalization.CultureInfo.InvariantCulture)] = Convert(value);
        }

        return result;
    }

    private static object? Convert(object? value) => value switch
    {
        Dictionary<object, object?> map => Convert(map),
        List<object?> list => list.Select(Convert).ToList(),
        _ => value,
    };
}
