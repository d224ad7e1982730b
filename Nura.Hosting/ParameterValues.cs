using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Nura.Hosting;

/// <summary>Where parameters get their values.</summary>
internal static class ParameterValues
{
    /// <summary>Environment variables cannot hold hyphens everywhere, so underscores do as well.</summary>
    public static string? Configured(IDistributedApplicationBuilder builder, string name) =>
        builder.Configuration[$"Parameters:{name}"] ?? builder.Configuration[$"Parameters:{name.Replace('-', '_')}"];

    public static ParameterResource WithDefault(IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret, bool persist)
    {
        var secrets = builder.Services.Select(s => s.ImplementationInstance).OfType<UserSecretsFile>().FirstOrDefault();
        return new(
            name,
            fallback => Configured(builder, name)
                ?? (persist && secrets is not null && builder.ExecutionContext.IsRunMode
                    ? secrets.GetOrAdd($"Parameters:{name}", fallback!.GetDefaultValue)
                    : fallback!.GetDefaultValue()),
            secret)
        { Default = value };
    }
}

/// <summary>A value that a manifest names as it is.</summary>
internal sealed class ConstantParameterDefault(string value) : ParameterDefault
{
    public override string GetDefaultValue() => value;

    public override void WriteToManifest(ManifestPublishingContext context) => context.Writer.WriteString("value", value);
}
