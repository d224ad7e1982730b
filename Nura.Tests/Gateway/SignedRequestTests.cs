using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Nura.Models;
using Nura.Tests.Databases;

namespace Nura.Tests.Gateway;

public sealed class SignedRequestTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;
    private const string Body = """{"messages":[{"role":"user","content":[{"text":"one two"}]}]}""";

    [Fact(Timeout = Hang)]
    public async Task Request_SignedByAKey_IsAnsweredOnItsAccountUntilItIsRevoked()
    {
        await using var gateway = await StartAsync();
        var (id, keys) = await MakeAsync(gateway);

        using var answer = await SendAsync(gateway, keys);
        Assert.Equal("one two", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["output"]!["message"]!["content"]![0]!["text"]);
        Assert.Equal(1, (await gateway.UsageAsync("claude-haiku-4-5", 200, 1)).Count);
        using var revoked = await gateway.Service.Http.DeleteAsync(new Uri($"/api/keys/{id}", UriKind.Relative));
        using var after = await SendAsync(gateway, keys);

        Assert.Equal((403, "UnrecognizedClientException"), await RefusalAsync(after));
    }

    [Theory(Timeout = Hang)]
    [InlineData("secret", 403, "InvalidSignatureException")]
    [InlineData("body", 403, "InvalidSignatureException")]
    [InlineData("path", 403, "InvalidSignatureException")]
    [InlineData("early", 403, "InvalidSignatureException")]
    [InlineData("late", 403, "InvalidSignatureException")]
    [InlineData("service", 403, "InvalidSignatureException")]
    [InlineData("unsigned payload", 403, "InvalidSignatureException")]
    [InlineData("unknown", 403, "UnrecognizedClientException")]
    [InlineData("first key", 403, "UnrecognizedClientException")]
    [InlineData("host not signed", 400, "IncompleteSignatureException")]
    [InlineData("no signature", 400, "IncompleteSignatureException")]
    public async Task Request_SignatureDoesNotHold_IsRefusedWithAwsCode(string what, int status, string code)
    {
        await using var gateway = await StartAsync();
        var (_, keys) = await MakeAsync(gateway);
        using var answer = what switch
        {
            "secret" => await SendAsync(gateway, keys with { SecretKey = keys.SecretKey + "x" }),
            "body" => await SendAsync(gateway, keys, change: request => request.Content = Json(Body.Replace("two", "three", StringComparison.Ordinal))),
            "path" => await SendAsync(gateway, keys, change: request => request.RequestUri = new Uri(request.RequestUri!.ToString().Replace("haiku", "opus", StringComparison.Ordinal))),
            "early" => await SendAsync(gateway, keys, skew: TimeSpan.FromMinutes(-6)),
            "late" => await SendAsync(gateway, keys, skew: TimeSpan.FromMinutes(6)),
            "service" => await SendAsync(gateway, keys, service: "sagemaker"),
            "unsigned payload" => await SendAsync(gateway, keys, change: request => Replace(request, "x-amz-content-sha256", _ => "UNSIGNED-PAYLOAD")),
            "unknown" => await SendAsync(gateway, keys with { AccessKey = Guid.NewGuid().ToString("N") }),
            "first key" => await SendAsync(gateway, keys with { AccessKey = Guid.Empty.ToString("N") }),
            "host not signed" => await SendAsync(gateway, keys, change: request => Replace(request, "authorization", value => value.Replace("host;", "", StringComparison.Ordinal))),
            _ => await SendAsync(gateway, keys, change: request => Replace(request, "authorization", _ => "AWS4-HMAC-SHA256 nothing")),
        };

        Assert.Equal((status, code), await RefusalAsync(answer));
        Assert.Empty(gateway.Bedrock.Requests);
    }

    [Fact(Timeout = Hang)]
    public async Task Request_ClockAFewMinutesOff_IsAnswered()
    {
        await using var gateway = await StartAsync();
        var (_, keys) = await MakeAsync(gateway);
        using var answer = await SendAsync(gateway, keys, skew: TimeSpan.FromMinutes(-4));
        Assert.True(answer.IsSuccessStatusCode);
    }

    [Fact(Timeout = Hang)]
    public async Task Signatures_NoSecretIsSet_AreOffAndNoSecretIsShown()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var made = await gateway.PostAsync("/api/keys", """{"name":"plain"}""");
        Assert.Null(JsonNode.Parse(await made.Content.ReadAsStringAsync())!["aws"]);

        using var answer = await SendAsync(gateway, new SigV4Credentials(Guid.NewGuid().ToString("N"), "secret", null));
        Assert.Equal((403, "AccessDeniedException"), await RefusalAsync(answer));
    }

    [Fact(Timeout = Hang)]
    public async Task Signature_OutsideBedrocksDialect_IsRefused()
    {
        await using var gateway = await StartAsync();
        var (_, keys) = await MakeAsync(gateway);
        using var answer = await SendAsync(gateway, keys, path: "v1/chat/completions");
        Assert.Equal(401, (int)answer.StatusCode);
    }

    private Task<GatewayHost> StartAsync() => GatewayHost.StartAsync(databases, ("Nura:Api:SigningSecret", "signing-secret-of-these-tests-only"), ("Nura:Api:KeyMemory", "00:00:00"));

    private static async Task<(string Id, SigV4Credentials Keys)> MakeAsync(GatewayHost gateway)
    {
        using var made = await gateway.PostAsync("/api/keys", """{"name":"signs"}""");
        var key = JsonNode.Parse(await made.Content.ReadAsStringAsync())!;
        return ((string)key["view"]!["id"]!, new SigV4Credentials((string)key["aws"]!["accessKeyId"]!, (string)key["aws"]!["secretAccessKey"]!, null));
    }

    private static async Task<HttpResponseMessage> SendAsync(
        GatewayHost gateway, SigV4Credentials keys, TimeSpan skew = default, string service = "bedrock", string path = "model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse", Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Service.Url, path)) { Content = Json(Body) };
        new SigV4("us-east-1", service).Sign(request, Encoding.UTF8.GetBytes(Body), keys, TimeProvider.System.GetUtcNow() + skew);
        change?.Invoke(request);
        return await gateway.Service.Http.SendAsync(request);
    }

    private static ByteArrayContent Json(string body) => new(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private static void Replace(HttpRequestMessage request, string header, Func<string, string> value)
    {
        var former = string.Join(",", request.Headers.GetValues(header));
        request.Headers.Remove(header);
        request.Headers.TryAddWithoutValidation(header, value(former));
    }

    private static async Task<(int Status, string Code)> RefusalAsync(HttpResponseMessage answer)
    {
        Assert.NotEmpty((string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["message"] ?? "");
        return ((int)answer.StatusCode, answer.Headers.GetValues("x-amzn-errortype").Single());
    }
}
