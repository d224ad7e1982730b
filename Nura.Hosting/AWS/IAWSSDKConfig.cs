namespace Aspire.Hosting.AWS;

/// <summary>Profile and region that the AWS SDK uses in services.</summary>
public interface IAWSSDKConfig
{
    /// <summary>The profile of the shared credentials file; null for the SDK's own choice.</summary>
    string? Profile { get; set; }
}
