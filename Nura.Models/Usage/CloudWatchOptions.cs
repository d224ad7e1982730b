namespace Nura.Models;

/// <summary>Metrics for Amazon CloudWatch on the standard output, below <c>Nura:Models:CloudWatch</c>. Off unless <see cref="Namespace"/> is set.</summary>
public sealed class CloudWatchOptions
{
    /// <summary>Where the metrics appear: 1 to 255 letters, digits and <c>. - _ / # :</c>, not beginning with <c>AWS/</c>.</summary>
    public string? Namespace { get; set; }
}
