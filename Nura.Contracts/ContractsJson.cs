using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Nura.Contracts;

/// <summary>How our services write JSON to each other: web defaults, enums as camel-case names, nulls left out.</summary>
public static class ContractsJson
{
    /// <summary>The options, read-only.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Gives other options the same shape, such as those of a service's endpoints.</summary>
    /// <param name="options">Options not used yet.</param>
    public static void Apply(JsonSerializerOptions options)
    {
        // Answers are code in any language, sent as JSON and never inside HTML: escaping would only swell them.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new JsonStringEnumConverter<AssistanceOutcome>(JsonNamingPolicy.CamelCase));
        options.Converters.Add(new JsonStringEnumConverter<EmbeddingState>(JsonNamingPolicy.CamelCase));
        options.Converters.Add(new JsonStringEnumConverter<RepositoryState>(JsonNamingPolicy.CamelCase));
        options.Converters.Add(new JsonStringEnumConverter<RunState>(JsonNamingPolicy.CamelCase));
        options.TypeInfoResolverChain.Insert(0, ContractsJsonContext.Default);
    }

    /// <summary>How one of the contracts is read and written.</summary>
    /// <typeparam name="T">The contract.</typeparam>
    /// <exception cref="NotSupportedException">It is none: <see cref="ContractsJsonContext"/> does not name it.</exception>
    public static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Apply(options);
        options.MakeReadOnly();
        return options;
    }
}
