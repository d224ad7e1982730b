using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.AWS;

namespace Aspire.Hosting;

/// <summary>Tells services which AWS profile and region to use.</summary>
public static class SDKResourceExtensions
{
    /// <summary>Makes an empty configuration.</summary>
    public static IAWSSDKConfig AddAWSSDKConfig(this IDistributedApplicationBuilder builder) => new AwsSdkConfig();

    /// <summary>Sets the profile.</summary>
    public static IAWSSDKConfig WithProfile(this IAWSSDKConfig config, string profile)
    {
        config.Profile = profile;
        return config;
    }

    /// <summary>Sets the region by its system name.</summary>
    public static IAWSSDKConfig WithRegion(this IAWSSDKConfig config, string region)
    {
        ((AwsSdkConfig)config).RegionName = region;
        return config;
    }

    /// <summary>Gives profile and region to a resource in run mode; a deployment has its own.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IAWSSDKConfig awsSdkConfig)
        where TDestination : IResourceWithEnvironment => builder.WithEnvironment(context =>
        {
            if (context.ExecutionContext.IsPublishMode)
            {
                return;
            }

            foreach (var (name, value) in new[] { ("Profile", awsSdkConfig.Profile), ("Region", ((AwsSdkConfig)awsSdkConfig).RegionName) })
            {
                if (value is not null)
                {
                    context.EnvironmentVariables[$"AWS__{name}"] = value;
                    context.EnvironmentVariables[$"AWS_{name.ToUpperInvariant()}"] = value;
                }
            }
        });
}
