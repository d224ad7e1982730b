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
        var digest = Digest(body);
        var contentType = request.Content?.Headers.ContentType?.ToString();
        var token = credentials.Token is { Length: > 0 } temporary ? temporary : null;
        var names = $"{(contentType is null ? "" : "content-type;")}host;x-amz-content-sha256;x-amz-date{(token is null ? "" : ";x-amz-security-token")}";

        using var text = new PassingWriter(2048);
        // Every character but the unreserved ones and "/" is a percent sign by now.
        Put(request.Method.Method, "\n", address.AbsolutePath.Replace("%", "%25", StringComparison.Ordinal), "\n", address.Query.TrimStart('?'), "\n");
        if (contentType is not null)
        {
            Put("content-type:", contentType, "\n");
        }

        Put("host:", address.Authority, "\nx-amz-content-sha256:", digest, "\nx-amz-date:", stamp, "\n");
        if (token is not null)
        {
            Put("x-amz-security-token:", token, "\n");
        }

        Put("\n", names, "\n", digest);
        var scope = $"{day}/{region}/{service}/aws4_request";
        var canonical = Digest(text.Written.Span);
        text.Clear();
        Put("AWS4-HMAC-SHA256\n", stamp, "\n", scope, "\n", canonical);
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Key(credentials.SecretKey, day), text.Written.Span, signature);

        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", digest);
        request.Headers.TryAddWithoutValidation("x-amz-date", stamp);
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("x-amz-security-token", token);
        }

        request.Headers.TryAddWithoutValidation("authorization", $"AWS4-HMAC-SHA256 Credential={credentials.AccessKey}/{scope}, SignedHeaders={names}, Signature={Convert.ToHexStringLower(signature)}");

        void Put(params ReadOnlySpan<string> parts)
        {
            foreach (var part in parts)
            {
                Encoding.UTF8.GetBytes(part, text);
            }
        }
    }

    private static string Digest(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data, hash);
        return Convert.ToHexStringLower(hash);
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
}
