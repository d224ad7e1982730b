using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Nura.Models;

/// <summary>Signs requests with AWS Signature Version 4. The day's key is kept: a request then costs one HMAC and two digests.</summary>
/// <remarks>Procedure: AWS General Reference, "Create a signed AWS API request". The path of every service but S3 is encoded twice.</remarks>
internal sealed class SigV4(string region, string service)
{
    private readonly ConcurrentDictionary<(string Secret, string Day), byte[]> _keys = new();

    /// <summary>The headers to add: <c>authorization</c>, <c>x-amz-date</c>, <c>x-amz-content-sha256</c> and, if temporary, <c>x-amz-security-token</c>.</summary>
    /// <param name="request">Method and absolute address, the path encoded once.</param>
    /// <param name="body">The bytes that will be sent.</param>
    /// <param name="credentials">Whose request it is.</param>
    /// <param name="now">The time of the request.</param>
    public void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body, SigV4Credentials credentials, DateTimeOffset now)
    {
        var stamp = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var day = stamp[..8];
        var address = request.RequestUri!;
        var digest = Convert.ToHexStringLower(SHA256.HashData(body));
        var contentType = request.Content?.Headers.ContentType?.ToString();

        var (headers, names) = (new StringBuilder(), new StringBuilder());
        Add("content-type", contentType);
        Add("host", address.IsDefaultPort ? address.IdnHost : string.Create(CultureInfo.InvariantCulture, $"{address.IdnHost}:{address.Port}"));
        Add("x-amz-content-sha256", digest);
        Add("x-amz-date", stamp);
        Add("x-amz-security-token", credentials.Token);

        var canonical = $"{request.Method.Method}\n{EncodeAgain(address.AbsolutePath)}\n{address.Query.TrimStart('?')}\n{headers}\n{names}\n{digest}";
        var scope = $"{day}/{region}/{service}/aws4_request";
        var toSign = $"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Key(credentials.SecretKey, day), Encoding.UTF8.GetBytes(toSign)));

        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", digest);
        request.Headers.TryAddWithoutValidation("x-amz-date", stamp);
        if (credentials.Token is { Length: > 0 })
        {
            request.Headers.TryAddWithoutValidation("x-amz-security-token", credentials.Token);
        }

        request.Headers.TryAddWithoutValidation("authorization", $"AWS4-HMAC-SHA256 Credential={credentials.AccessKey}/{scope}, SignedHeaders={names}, Signature={signature}");

        void Add(string name, string? value)
        {
            if (value is { Length: > 0 })
            {
                headers.Append(name).Append(':').Append(value).Append('\n');
                names.Append(names.Length > 0 ? ";" : "").Append(name);
            }
        }
    }

    private byte[] Key(string secret, string day)
    {
        if (_keys.TryGetValue((secret, day), out var key))
        {
            return key;
        }

        // Temporary credentials change and so does the day; what is old is of no use.
        if (_keys.Count > 16)
        {
            _keys.Clear();
        }

        key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in (ReadOnlySpan<string>)[day, region, service, "aws4_request"])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return _keys[(secret, day)] = key;
    }

    /// <summary>Each segment percent-encoded once more: only unreserved characters stay.</summary>
    private static string EncodeAgain(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
