namespace Nura.Models;

/// <summary>Amazon Bedrock, below <c>Nura:Models:Bedrock</c>. Its models can be called once <see cref="Region"/> is set.</summary>
public sealed class BedrockOptions
{
    /// <summary>Region whose endpoint is called, such as <c>us-east-1</c>.</summary>
    public string? Region { get; set; }

    /// <summary>Address to use instead of the region's public one, such as that of a VPC endpoint.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Bedrock API key, sent as bearer token; the environment variable <c>AWS_BEARER_TOKEN_BEDROCK</c> when absent. Without one, requests are signed with the credentials of AWS' usual chain.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Access key to sign with instead of the chain's.</summary>
    public string? AccessKeyId { get; set; }

    /// <summary>Secret of <see cref="AccessKeyId"/>.</summary>
    public string? SecretAccessKey { get; set; }

    /// <summary>Token of a temporary <see cref="AccessKeyId"/>.</summary>
    public string? SessionToken { get; set; }

    /// <summary>Inference profile to prefer: <c>global</c>, or a geography such as <c>us</c> or <c>eu</c>. The region's own geography when absent, so that data stays there.</summary>
    public string? Profile { get; set; }

    /// <summary>Application inference profiles by the name callers write; each has an <c>Arn</c> and the <c>Model</c> behind it, whose capabilities and prices it takes.</summary>
    public Dictionary<string, ApplicationProfile> ApplicationProfiles { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether Nura has Bedrock keep prompts where that pays and the caller says nothing of it. Bodies that are forwarded as they came have the caller's own places, or none.</summary>
    public bool PromptCache { get; set; } = true;

    /// <summary>ARNs of further application inference profiles that callers may name as model, or beginnings of such ARNs with <c>*</c> at the end. Bedrock tells which model is behind one. None unless set: each is somebody's account.</summary>
    public List<string> AllowedProfiles { get; } = [];

    /// <summary>Address of Bedrock's control plane, which tells about <see cref="AllowedProfiles"/>, instead of the region's public one.</summary>
    public string? ControlEndpoint { get; set; }

    /// <summary>Seconds to the first byte of an answer, and between two pieces of a streamed one; 1 to 3,600.</summary>
    public int TimeoutSeconds { get; set; } = 120;
}
