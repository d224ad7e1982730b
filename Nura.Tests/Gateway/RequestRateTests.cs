using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Nura.Tests.Databases;

namespace Nura.Tests.Gateway;

/// <summary>A key that asks too often is told so in its dialect, and when to come again; nobody else notices.</summary>
public sealed class RequestRateTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;
    private const string Body = """{"model":"mock","messages":[{"role":"user","content":"x"}]}""";

    [Theory(Timeout = Hang)]
    [InlineData("/v1/chat/completions", "rate_limit_error")]
    [InlineData("/v1/messages", "rate_limit_error")]
    [InlineData("/model/mock/converse", "ThrottlingException")]
    [InlineData("/api/keys", null)]
    public async Task Key_MoreRequestsThanAllowed_IsToldWhenToComeAgain(string path, string? type)
    {
        await using var gateway = await GatewayHost.StartAsync(databases, ("Nura:Api:RequestsPerMinute", "1"));
        using (var taken = await gateway.PostAsync("/v1/chat/completions", Body))
        {
            Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        }

        using var refused = await gateway.PostAsync(path, Body);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        var text = await refused.Content.ReadAsStringAsync();
        Assert.Contains("Nura:Api:RequestsPerMinute", text, StringComparison.Ordinal);
        Assert.Equal(type, refused.Headers.TryGetValues("x-amzn-errortype", out var thrown) ? thrown.Single() : (string?)JsonNode.Parse(text)!["error"]?["type"]);
        Assert.Single(gateway.First.Requests);
    }

    [Fact(Timeout = Hang)]
    public async Task Key_HasUsedUpItsRequests_StillReadsAndOthersStillAsk()
    {
        await using var gateway = await GatewayHost.StartAsync(databases, ("Nura:Api:RequestsPerMinute", "2"));
        await gateway.Service.Http.GetStringAsync("/api/keys");
        using var made = await gateway.Service.Http.PostAsJsonAsync("/api/keys", new { name = "another", admin = true });
        var other = (string)JsonNode.Parse(await made.Content.ReadAsStringAsync())!["key"]!;
        using (var second = await gateway.PostAsync("/v1/chat/completions", Body))
        {
            Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        }

        // On a machine that is slow enough, another one becomes due meanwhile.
        HttpStatusCode status;
        do
        {
            using var more = await gateway.PostAsync("/v1/chat/completions", Body);
            status = more.StatusCode;
        }
        while (status == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.TooManyRequests, status);

        await gateway.Service.Http.GetStringAsync("/api/keys");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Body, null, "application/json"), Headers = { { "Authorization", $"Bearer {other}" } } };
        using var answered = await gateway.Service.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }
}
