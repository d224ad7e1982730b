using System.ClientModel;
using System.Net.Http.Headers;
using System.Text;
using Nura.Api;
using Nura.Tests.Agents;
using Nura.Tests.Databases;
using OpenAI;
using OpenAI.Chat;

namespace Nura.Tests.Api;

/// <summary>The public edge in front of the agents service, both on a real Kestrel and a real database.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const string Key = "nura_first-key-of-these-tests";

    private ApiHost(AgentsHost agents, ServiceHost<ApiOptions> service)
    {
        (Agents, Service) = (agents, service);
        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public AgentsHost Agents { get; }

    public ServiceHost<ApiOptions> Service { get; }

    public HttpClient Http => Service.Http;

    public static async Task<ApiHost> StartAsync(DatabaseFixture database, bool agentsUseModel = false, params (string Key, string? Value)[] settings)
    {
        var agents = await AgentsHost.StartAsync(database, withModel: agentsUseModel);
        return new ApiHost(agents, new ServiceHost<ApiOptions>(
        [
            ("ConnectionStrings:nura", await database.GetAsync()),
            ("services:rag:http:0", agents.Rag.Url),
            ("services:agents:http:0", agents.Service.Url.ToString()),
            ("Nura:Api:Key", Key),
            ("Nura:Models:Servers:fake:BaseUrl", agents.Model.BaseUrl),
            ("Nura:Models:Servers:fake:Models:0", "mock"),
            // These tests are about what Nura writes itself; forwarding has its own.
            ("Nura:Models:Servers:fake:Forward", "false"),
            .. settings,
        ]));
    }

    /// <summary>OpenAI's own client, as its users set it up for another server.</summary>
    public ChatClient Client(string model, string key = Key) => Sdk(key).GetChatClient(model);

    public OpenAIClient Sdk(string key = Key) => new(new ApiKeyCredential(key), new OpenAIClientOptions
    {
        Endpoint = new Uri(Service.Url, "v1"),
        RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0),
    });

    /// <summary>Sends a body as it is.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string body, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public Task<HttpResponseMessage> ChatAsync(string body, CancellationToken cancellationToken = default) => PostAsync("/v1/chat/completions", body, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Agents.DisposeAsync();
    }
}
