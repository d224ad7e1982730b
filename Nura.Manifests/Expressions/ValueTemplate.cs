using System.Text;

namespace Nura.Manifests.Expressions;

/// <summary>A value with its expressions resolved to what they mean, not yet to how one output writes it.</summary>
internal sealed record ValueTemplate(IReadOnlyList<ValuePart> Parts)
{
    public static ValueTemplate Of(string text) => new([new TextPart(text)]);

    /// <summary>The only part, when it is of that kind.</summary>
    public T? Single<T>()
        where T : ValuePart => Parts.Count == 1 ? Parts[0] as T : null;

    /// <summary>The value in the notation of one output.</summary>
    public string Render(Func<ValuePart, string> notation)
    {
        var text = new StringBuilder();
        foreach (var part in Parts)
        {
            text.Append(notation(part));
        }

        return text.ToString();
    }
}

internal abstract record ValuePart;

internal sealed record TextPart(string Text) : ValuePart;

/// <summary>A secret by the key it has in the secret store. <paramref name="Parameter"/> differs when the key is an encoded form of another.</summary>
internal sealed record SecretPart(string Key, string Parameter) : ValuePart
{
    /// <summary>Environment variable through which a container sees the secret when it is part of a longer value.</summary>
    public string Variable => "SECRET_" + Key.ToUpperInvariant().Replace('-', '_').Replace('.', '_');
}

internal sealed record ParameterPart(string Name, bool UriEncoded) : ValuePart;

/// <summary>The DNS name under which a resource is reached.</summary>
internal sealed record HostPart(string Resource) : ValuePart;

internal sealed record PortPart(string Resource, string Endpoint, int Port) : ValuePart;

internal sealed record ConnectionStringPart(string Resource) : ValuePart;
