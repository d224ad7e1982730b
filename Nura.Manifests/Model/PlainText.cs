using System.Globalization;
using Nura.Manifests.Expressions;

namespace Nura.Manifests.Model;

/// <summary>Values in outputs that cannot be parameterised later: everything must be known now.</summary>
internal static class PlainText
{
    /// <exception cref="ManifestToolException">The parameter has no value.</exception>
    public static string Parameter(DeploymentSystem system, ParameterPart part)
    {
        var value = system.Parameters.Single(parameter => parameter.Name == part.Name).Default;
        if (string.IsNullOrEmpty(value))
        {
            throw new ManifestToolException($"Parameter '{part.Name}' has no value. Give it one: -pa {part.Name}=...");
        }

        return part.UriEncoded ? Uri.EscapeDataString(value) : value;
    }

    /// <summary>A build argument: text and parameters only, as <see cref="SystemBuilder"/> has made sure.</summary>
    public static string BuildArgument(DeploymentSystem system, ValueTemplate template) =>
        template.Render(part => part is ParameterPart parameter ? Parameter(system, parameter) : ((TextPart)part).Text);

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
