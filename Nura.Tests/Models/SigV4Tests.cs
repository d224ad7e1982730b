using System.Text;
using Nura.Models;
using Nura.Tests.Fakes;

namespace Nura.Tests.Models;

public sealed class SigV4Tests
{
    private static readonly DateTimeOffset s_time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Sign_KnownRequest_HasTheKnownSignature()
    {
        using var request = Sign("""{"messages":[{"role":"user","content":[{"text":"hi"}]}]}""");

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, "
            + "Signature=c5792c81b9d05cb860f984e6e7fdf902b5755f3c2410c569ff457930fb651b92",
            request.Headers.GetValues("authorization").Single());
        Assert.Equal("20260102T030405Z", request.Headers.GetValues("x-amz-date").Single());
    }

    [Fact]
    public void Sign_TemporaryKeys_SendsAndSignsTheToken()
    {
        using var request = Sign("{}", "session");
        Assert.Equal("session", request.Headers.GetValues("x-amz-security-token").Single());
        Assert.Contains("x-amz-date;x-amz-security-token,", request.Headers.GetValues("authorization").Single(), StringComparison.Ordinal);
    }

    private static HttpRequestMessage Sign(string body, string? token = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse")
        {
            Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")),
        };
        new SigV4("us-east-1", "bedrock").Sign(request, Encoding.UTF8.GetBytes(body), new SigV4Credentials(AwsSignature.AccessKey, AwsSignature.Secret, token), s_time);
        return request;
    }
}
