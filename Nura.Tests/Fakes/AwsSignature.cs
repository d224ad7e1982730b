using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Nura.Tests.Fakes;

/// <summary>Checks a Signature Version 4 as a service does: from what came over the wire. Tried with AWS' own client.</summary>
internal static class AwsSignature
{
    public const string AccessKey = "AKIDEXAMPLE";

    public const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    /// <summary>What is wrong with the request's signature, or <see langword="null"/>.</summary>
    public static string? Check(HttpContext context, byte[] body, string service)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header == "Bearer test-bedrock-key")
        {
            return null;
        }

        const string Scheme = "AWS4-HMAC-SHA256 ";
        if (!header.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return "Missing Authentication Token";
        }

        var fields = header[Scheme.Length..].Split(',').Select(part => part.Trim().Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        var scope = fields["Credential"].Split('/');
        if (scope.Length != 5 || scope[0] != AccessKey || scope[3] != service)
        {
            return "The security token included in the request is invalid.";
        }

        var signed = fields["SignedHeaders"].Split(';');
        if (!signed.Contains("host") || !signed.Contains("x-amz-date"))
        {
            return "host and x-amz-date must be signed.";
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(body));
        if (context.Request.Headers["x-amz-content-sha256"] is { Count: 1 } sent && sent != digest)
        {
            return "The provided 'x-amz-content-sha256' header does not match what was computed.";
        }

        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?', 2);
        var path = string.Join('/', target[0].Split('/').Select(Uri.EscapeDataString));
        var headers = string.Concat(signed.Select(name => $"{name}:{context.Request.Headers[name].ToString().Trim()}\n"));
        var query = target.Length > 1 ? string.Join('&', target[1].Split('&').Order(StringComparer.Ordinal)) : "";
        var canonical = string.Join('\n', context.Request.Method, path, query, headers, fields["SignedHeaders"], digest);
        var text = string.Join('\n', "AWS4-HMAC-SHA256", context.Request.Headers["x-amz-date"].ToString(), string.Join('/', scope[1..]), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
        var key = scope[1..].Aggregate(Encoding.UTF8.GetBytes("AWS4" + Secret), (secret, part) => HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(part)));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text))) == fields["Signature"]
            ? null
            : "The request signature we calculated does not match the signature you provided.";
    }
}
