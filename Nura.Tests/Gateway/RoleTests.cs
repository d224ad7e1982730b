using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Nura.Tests.Api;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Models;

namespace Nura.Tests.Gateway;

/// <summary>The role of a service account (IRSA): the variables that EKS sets are the process's, so the API runs as one.</summary>
public sealed class RoleTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const string Role = "arn:aws:iam::123456789012:role/nura-api";

    [Fact]
    public async Task Bedrock_RoleOfTheServiceAccount_SignsWithTheKeysOfItsSession()
    {
        await using var sts = await FakeSts.StartAsync();
        await using var bedrock = await FakeBedrock.StartAsync();
        using var token = new TemporaryFile("who-i-am");
        await using var api = ApiProcess.Start(
            [
                ("ConnectionStrings:nura", await databases.GetAsync()), ("services:rag:http:0", "http://127.0.0.1:1"), ("services:agents:http:0", "http://127.0.0.1:1"), ("Nura:Api:Key", GatewayHost.Key),
                ("Nura:Models:Bedrock:Region", "us-east-1"), ("Nura:Models:Bedrock:Endpoint", bedrock.Url),
            ],
            new CollectedLogs(),
            ("AWS_ROLE_ARN", Role), ("AWS_WEB_IDENTITY_TOKEN_FILE", token.Path), ("AWS_REGION", "us-east-1"), ("AWS_ENDPOINT_URL_STS", sts.Url), ("AWS_EC2_METADATA_DISABLED", "true"));
        using var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = await api.ListeningAsync() };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", GatewayHost.Key);
        using var body = new StringContent("""{ "model": "anthropic.claude-3-haiku-20240307-v1:0", "messages": [{ "role": "user", "content": "hello" }] }""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/v1/chat/completions", body);

        Assert.Equal("hello", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["choices"]?[0]?["message"]?["content"]);
        Assert.Equal((Role, "who-i-am"), Assert.Single(sts.Requests));
    }
}
