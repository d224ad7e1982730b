using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.Http.Headers;
using System.Text;
using Nura.Api;
using Nura.Tests.Agents;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Models;
using OpenAI;

namespace Nura.Tests.Gateway;

/// <summary>The public edge in front of an OpenAI-compatible server, a second one and Bedrock.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    public const string Key = "nura_first-key-of-these-tests";

    private readonly string _database;
    private readonly DateTime _since = TimeProvider.System.GetUtcNow().UtcDateTime;

    private GatewayHost(FakeOpenAi first, FakeOpenAi second, FakeBedrock bedrock, ServiceHost<ApiOptions> service, TemporaryFile catalog, string database)
    {
        (First, Second, Bedrock, Service, Catalog, _database) = (first, second, bedrock, service, catalog, database);
        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    /// <summary>Serves <c>mock</c> (upstream name <c>mock-1</c>) and <c>mock-embed</c>; failing, <c>mock</c> goes to <see cref="Second"/>.</summary>
    public FakeOpenAi First { get; }

    public FakeOpenAi Second { get; }

    public FakeBedrock Bedrock { get; }

    public ServiceHost<ApiOptions> Service { get; }

    private TemporaryFile Catalog { get; }

    public static async Task<GatewayHost> StartAsync(DatabaseFixture databases, params (string Key, string? Value)[] settings)
    {
        var (first, second, bedrock) = (await FakeOpenAi.StartAsync(), await FakeOpenAi.StartAsync(), await FakeBedrock.StartAsync());
        var catalog = new TemporaryFile("""
            { "models": [
              { "id": "mock", "provider": "openai", "server": "first", "upstream": "mock-1", "capabilities": ["tools"], "prices": [{ "input": 2, "output": 8, "cacheRead": 1 }], "fallbacks": ["mock-2"] },
              { "id": "mock-2", "provider": "openai", "server": "second", "prices": [{ "input": 4, "output": 16 }] },
              { "id": "lonely", "provider": "openai", "server": "first" },
              { "id": "able", "provider": "openai", "server": "first", "capabilities": ["prefill", "streaming"], "prices": [{ "input": 2, "output": 8 }] },
              { "id": "able-2", "provider": "openai", "server": "second", "capabilities": ["prefill", "streaming"] },
              { "id": "unable", "provider": "openai", "server": "first", "fallbacks": ["mock-2", "able-2"] } ] }
            """);
        var database = await databases.GetAsync();
        return new GatewayHost(first, second, bedrock, new ServiceHost<ApiOptions>(
        [
            ("ConnectionStrings:nura", database),
            ("services:rag:http:0", "http://127.0.0.1:1"),
            ("services:agents:http:0", "http://127.0.0.1:1"),
            ("Nura:Api:Key", Key),
            ("Nura:Models:Catalog", catalog.Path),
            ("Nura:Models:Servers:first:BaseUrl", first.BaseUrl),
            ("Nura:Models:Servers:first:ApiKey", "upstream-secret"),
            ("Nura:Models:Servers:first:EmbeddingModels:0", "mock-embed"),
            ("Nura:Models:Servers:second:BaseUrl", second.BaseUrl),
            ("Nura:Models:Servers:second:Models:0", "other"),
            ("Nura:Models:Bedrock:Region", "us-east-1"),
            ("Nura:Models:Bedrock:Endpoint", bedrock.Url),
            ("Nura:Models:Bedrock:ControlEndpoint", bedrock.Url),
            ("Nura:Models:Bedrock:AccessKeyId", AwsSignature.AccessKey),
            ("Nura:Models:Bedrock:SecretAccessKey", AwsSignature.Secret),
            .. settings,
        ]), catalog, database);
    }

    public OpenAIClient Sdk() => new(new ApiKeyCredential(Key), new OpenAIClientOptions { Endpoint = new Uri(Service.Url, "v1"), RetryPolicy = new ClientRetryPolicy(0) });

    /// <summary>A stream without the comment at its end that tells its cost.</summary>
    public static string WithoutCost(string stream) => stream.LastIndexOf(": x-nura-cost ", StringComparison.Ordinal) is >= 0 and var at ? stream[..at] : stream;

    public Task<HttpResponseMessage> PostAsync(string path, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return Service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Waits until calls of a model with a status are recorded. Those before this gateway's start, of other tests on its database, do not count.</summary>
    public async Task<(long Count, decimal Cost)> UsageAsync(string model, int status, int atLeast)
    {
        var database = DatabaseFixture.Pool(_database)!;
        while (true)
        {
            await using var command = database.CreateCommand("select count(*), coalesce(sum(cost_usd), 0) from models.usage where model = $1 and status = $2 and at >= $3");
            command.Parameters.AddWithValue(model);
            command.Parameters.AddWithValue(status);
            command.Parameters.AddWithValue(_since);
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            if (reader.GetInt64(0) >= atLeast)
            {
                return (reader.GetInt64(0), reader.GetDecimal(1));
            }

            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await First.DisposeAsync();
        await Second.DisposeAsync();
        await Bedrock.DisposeAsync();
        Catalog.Dispose();
    }
}
