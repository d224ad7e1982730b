using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds parameters.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a parameter whose value is the configuration's <c>Parameters:{name}</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(
            name,
            _ => ParameterValues.Configured(builder, name) ?? throw new DistributedApplicationException($"Parameter '{name}' has no value. Set the configuration key 'Parameters:{name}'."),
            secret));

    /// <summary>Adds a parameter with a fixed value, whatever the configuration says.</summary>
    /// <exception cref="ArgumentException">A secret is to become a manifest's default.</exception>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false)
    {
        if (publishValueAsDefault && secret)
        {
            throw new ArgumentException($"Parameter '{name}' is secret: its value cannot be published as a default.", nameof(secret));
        }

        return builder.AddResource(new ParameterResource(name, _ => value, secret) { Default = publishValueAsDefault ? new ConstantParameterDefault(value) : null });
    }

    /// <summary>Adds a parameter whose value is the configuration's, or else a default.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The parameter's name.</param>
    /// <param name="value">The default.</param>
    /// <param name="secret">Whether the value must not be shown.</param>
    /// <param name="persist">Whether a default that was used is kept in the user secrets, so that it stays the same.</param>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false) =>
        builder.AddResource(ParameterValues.WithDefault(builder, name, value, secret, persist));

    /// <summary>Makes a generated password that stays the same; it is not among the application's resources.</summary>
    public static ParameterResource CreateDefaultPasswordParameter(IDistributedApplicationBuilder builder, string name, bool lower = true, bool upper = true, bool numeric = true, bool special = true, int minLower = 0, int minUpper = 0, int minNumeric = 0, int minSpecial = 0) =>
        ParameterValues.WithDefault(
            builder,
            name,
            new GenerateParameterDefault { Lower = lower, Upper = upper, Numeric = numeric, Special = special, MinLower = minLower, MinUpper = minUpper, MinNumeric = minNumeric, MinSpecial = minSpecial },
            secret: true,
            persist: true);
}
