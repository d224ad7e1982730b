using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Nura.Hosting;

/// <summary>Values as a manifest writes them; keeps in mind which parameters they refer to.</summary>
internal sealed class ManifestReferences
{
    private readonly List<ParameterResource> _parameters = [];
    private readonly HashSet<ParameterResource> _encoded = [];

    /// <summary>All parameters that some value refers to, in the order of the first reference.</summary>
    public IReadOnlyList<ParameterResource> Parameters => _parameters;

    /// <summary>Whether some value needs the parameter percent-encoded.</summary>
    public bool IsEncoded(ParameterResource parameter) => _encoded.Contains(parameter);

    /// <summary>Whether a value, or an expression inside it, needs a parameter percent-encoded.</summary>
    public static bool NeedsEncoding(object value) =>
        value is ReferenceExpression expression && (expression.StringFormats.Contains("uri") || expression.ValueProviders.Any(NeedsEncoding));

    public string Expression(object value)
    {
        Collect(value, []);
        return value switch
        {
            string text => Escape(text),
            // Braces of its text are doubled in the format already; once more, and they are still so in what is written.
            ReferenceExpression expression => string.Format(CultureInfo.InvariantCulture, Escape(expression.Format, holes: true), [.. expression.ManifestExpressions]),
            IManifestExpressionProvider provider => provider.ValueExpression,
            bool flag => flag ? "true" : "false",
            IFormattable figure => figure.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new DistributedApplicationException($"A manifest cannot hold a value of type {value.GetType().Name}."),
        };
    }

    /// <summary>A reader takes single braces for an expression.</summary>
    private static string Escape(string text, bool holes = false) => holes
        ? text.Replace("{{", "{{{{", StringComparison.Ordinal).Replace("}}", "}}}}", StringComparison.Ordinal)
        : text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

    private void Collect(object value, HashSet<object> seen)
    {
        if (!seen.Add(value))
        {
            return;
        }

        if (value is ParameterResource parameter && !_parameters.Contains(parameter))
        {
            _parameters.Add(parameter);
        }

        if (value is ReferenceExpression expression)
        {
            foreach (var (provider, format) in expression.ValueProviders.Zip(expression.StringFormats))
            {
                if (provider is ParameterResource encoded && format == "uri")
                {
                    _encoded.Add(encoded);
                }
            }
        }

        foreach (var reference in (value as IValueWithReferences)?.References ?? [])
        {
            Collect(reference, seen);
        }
    }
}
