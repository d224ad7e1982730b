namespace Nura.Models;

/// <summary>Amazon SageMaker, below <c>Nura:Models:SageMaker</c>: containers of one's own (vLLM, TGI, TEI, LMI) behind real-time endpoints.</summary>
public sealed class SageMakerOptions
{
    /// <summary>Region of the endpoints, such as <c>us-east-1</c>.</summary>
    public string? Region { get; set; }

    /// <summary>Address to use instead of the region's public one, such as that of a VPC endpoint.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Access key to sign with instead of AWS' usual chain.</summary>
    public string? AccessKeyId { get; set; }

    /// <summary>Secret of <see cref="AccessKeyId"/>.</summary>
    public string? SecretAccessKey { get; set; }

    /// <summary>Token of a temporary <see cref="AccessKeyId"/>.</summary>
    public string? SessionToken { get; set; }

    /// <summary>Seconds to the first byte of an answer, and between two pieces of a streamed one; 1 to 3,600. SageMaker itself waits 60 seconds for a container.</summary>
    public int TimeoutSeconds { get; set; } = 70;

    /// <summary>Endpoints by the name callers write as <c>model</c>.</summary>
    public Dictionary<string, SageMakerEndpoint> Endpoints { get; } = new(StringComparer.OrdinalIgnoreCase);
}
