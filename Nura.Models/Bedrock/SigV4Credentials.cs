namespace Nura.Models;

/// <summary>Keys to sign with.</summary>
/// <param name="AccessKey">Public part.</param>
/// <param name="SecretKey">Secret part.</param>
/// <param name="Token">Session token of temporary keys.</param>
internal sealed record SigV4Credentials(string AccessKey, string SecretKey, string? Token)
{
    public override string ToString() => $"SigV4Credentials {AccessKey}";
}
