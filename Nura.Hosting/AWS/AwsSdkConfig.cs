using Aspire.Hosting.AWS;

namespace Nura.Hosting;

internal sealed class AwsSdkConfig : IAWSSDKConfig
{
    public string? Profile { get; set; }

    /// <summary>The region's system name, such as <c>us-east-1</c>.</summary>
    public string? RegionName { get; set; }
}
