using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Nura.Api.Keys;

/// <summary>What AWS clients sign with on behalf of a key. Derived from the service's own secret, so that it is stored nowhere.</summary>
internal sealed class SigningSecrets(IOptions<ApiOptions> options)
{
    private readonly byte[]? _secret = options.Value.SigningSecret is { Length: > 0 } secret ? Encoding.UTF8.GetBytes(secret) : null;

    public bool IsOn => _secret is not null;

    /// <summary>The key as AWS clients know it, or <see langword="null"/> while signatures are off.</summary>
    public AwsKey? Of(Guid id)
    {
        var accessKey = id.ToString("N");
        return _secret is null ? null : new AwsKey(accessKey, Base64Url.EncodeToString(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(accessKey))));
    }
}
