using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Nura.Api.Errors;

namespace Nura.Api.Keys;

/// <summary>Signs in AWS clients that sign their requests instead of sending a key. They sign with what <see cref="SigningSecrets"/> derives for a key.</summary>
/// <remarks>Procedure: AWS General Reference, "Create a signed AWS API request" (Signature Version 4 in the Authorization header). Codes of errors: "Common errors" there.</remarks>
internal sealed class SignedRequests(SigningSecrets secrets, KeyRing keys, TimeProvider time)
{
    private const string Scheme = "AWS4-HMAC-SHA256";

    private static readonly TimeSpan s_mostSkew = TimeSpan.FromMinutes(5);

    /// <summary>Whether a request is signed, for Bedrock's dialect, and signatures are on.</summary>
    public bool Takes(HttpRequest request) =>
        secrets.IsOn && request.Path.StartsWithSegments("/model", StringComparison.Ordinal) && request.Headers.Authorization.ToString().StartsWith(Scheme + " ", StringComparison.Ordinal);

    /// <summary>Whose request it is. Its body is read, and can be read again.</summary>
    /// <exception cref="RequestException">The signature does not hold; the code is AWS' own.</exception>
    public async Task<KeyHolder> HolderAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var (credential, signed, signature) = Read(request.Headers.Authorization.ToString());
        var stamp = request.Headers["x-amz-date"].ToString();
        if (credential.Length != 5 || !signed.Contains("host") || !signed.Contains("x-amz-date")
            || !DateTimeOffset.TryParseExact(stamp, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            throw Refused(StatusCodes.Status400BadRequest, "IncompleteSignatureException", "The Authorization header must have Credential, SignedHeaders with host and x-amz-date, and Signature; the time of x-amz-date is written as 20260102T030405Z.");
        }

        if (credential[1] != stamp[..8] || credential[3] != "bedrock" || credential[4] != "aws4_request")
        {
            throw Refused(StatusCodes.Status403Forbidden, "InvalidSignatureException", $"Credential should be scoped to the day of x-amz-date, a region, 'bedrock' and 'aws4_request'; it is scoped to '{string.Join('/', credential[1..])}'.");
        }

        var now = time.GetUtcNow();
        if ((now - at).Duration() > s_mostSkew)
        {
            throw Refused(StatusCodes.Status403Forbidden, "InvalidSignatureException", $"Signature expired: {stamp} is more than 5 minutes away from {now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}. Set the clock of the client.");
        }

        if (!Guid.TryParseExact(credential[0], "N", out var id) || await keys.FindAsync(id, cancellationToken) is not { } holder)
        {
            throw Refused(StatusCodes.Status403Forbidden, "UnrecognizedClientException", "The security token included in the request is invalid: no valid Nura key has this access key id. POST /api/keys makes one, with an access key for AWS clients.");
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(await BodyAsync(request, cancellationToken)));
        var scope = string.Join('/', credential[1..]);
        var toSign = $"{Scheme}\n{stamp}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(request, signed, digest))))}";
        var key = credential[1..].Aggregate(Encoding.UTF8.GetBytes("AWS4" + secrets.Of(id)!.SecretAccessKey), (secret, part) => HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(part)));
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        var announced = request.Headers["x-amz-content-sha256"].ToString();
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(signature)) && (announced.Length == 0 || announced == digest)
            ? holder
            : throw Refused(StatusCodes.Status403Forbidden, "InvalidSignatureException", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method; proxies must leave host, path and body as they are.");
    }

    private static (string[] Credential, string[] Signed, string Signature) Read(string header)
    {
        var fields = header[Scheme.Length..].Split(',', StringSplitOptions.TrimEntries).Select(field => field.Split('=', 2)).Where(field => field.Length == 2).ToLookup(field => field[0], field => field[1]);
        return ((fields["Credential"].FirstOrDefault() ?? "").Split('/'), (fields["SignedHeaders"].FirstOrDefault() ?? "").Split(';'), fields["Signature"].FirstOrDefault() ?? "");
    }

    private static string Canonical(HttpRequest request, string[] signed, string digest)
    {
        // As it came over the wire: whatever was decoded and encoded again would be signed by nobody.
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        var path = string.Join('/', target[0].Split('/').Select(Uri.EscapeDataString));
        var query = target.Length == 1 ? "" : string.Join('&', target[1].Split('&').Select(pair => pair.Contains('=', StringComparison.Ordinal) ? pair : pair + "=").Order(StringComparer.Ordinal));
        var headers = string.Concat(signed.Select(name => $"{name}:{string.Join(' ', request.Headers[name].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries))}\n"));
        return string.Join('\n', request.Method, path, query, headers, string.Join(';', signed), digest);
    }

    private static async Task<byte[]> BodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var read = new MemoryStream();
        await request.Body.CopyToAsync(read, cancellationToken);
        var body = read.ToArray();
        request.Body = new MemoryStream(body, writable: false);
        return body;
    }

    private static RequestException Refused(int status, string code, string message) => new(status, message) { Code = code };
}
