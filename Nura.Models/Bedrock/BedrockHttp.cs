using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Sends signed requests to Bedrock's runtime.</summary>
internal sealed class BedrockHttp
{
    private static readonly MediaTypeHeaderValue s_json = new("application/json");

    private readonly ConcurrentDictionary<string, string> _learned = new(StringComparer.Ordinal);
    private readonly BedrockOptions _options;
    private readonly UpstreamHttp _http;
    private readonly TimeProvider _time;
    private readonly SigV4 _signer;
    private readonly string _base;
    private readonly string? _apiKey;
    private readonly AwsKeys _keys;

    public BedrockHttp(IOptions<ModelsOptions> options, UpstreamHttp http, TimeProvider time)
    {
        _options = options.Value.Bedrock;
        _http = http;
        _time = time;
        var region = _options.Region ?? "us-east-1";
        _signer = new SigV4(region, "bedrock");
        _base = (_options.Endpoint ?? $"https://bedrock-runtime.{region}.amazonaws.com").TrimEnd('/');
        _keys = new AwsKeys(
            _options.AccessKeyId, _options.SecretAccessKey, _options.SessionToken,
            "No AWS credentials were found for Bedrock. Give the service a role (IRSA, Pod Identity), set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or set Nura:Models:Bedrock:ApiKey.");
        _apiKey = _options.ApiKey ?? Environment.GetEnvironmentVariable("AWS_BEARER_TOKEN_BEDROCK");
    }

    public TimeSpan Timeout => TimeSpan.FromSeconds(_options.TimeoutSeconds);

    public string Endpoint => _base;

    /// <summary>Whether Bedrock may be asked to keep prompts.</summary>
    public bool KeepsPrompts => _options.PromptCache;

    /// <summary>Posts a body to one of a model's operations.</summary>
    /// <param name="model">The model.</param>
    /// <param name="operation"><c>converse</c>, <c>converse-stream</c>, <c>invoke</c> or <c>invoke-with-response-stream</c>.</param>
    /// <param name="body">JSON.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="headers">Further headers.</param>
    /// <exception cref="ModelException">It was refused.</exception>
    public async Task<HttpResponseMessage> PostAsync(ModelInfo model, string operation, ReadOnlyMemory<byte> body, Patience patience, IReadOnlyList<KeyValuePair<string, string>>? headers = null)
    {
        var id = UpstreamId(model);
        try
        {
            return await SendAsync(model, id, operation, body, patience, headers);
        }
        catch (ModelException exception) when (exception.Code == BedrockError.NeedsProfile && !id.Contains("inference-profile", StringComparison.Ordinal) && Geography() is { } geography && !id.StartsWith($"{geography}.", StringComparison.Ordinal))
        {
            // The catalog did not know that this model answers through a profile only.
            var withProfile = $"{geography}.{model.UpstreamName}";
            var response = await SendAsync(model, withProfile, operation, body, patience, headers);
            _learned[model.Id] = withProfile;
            return response;
        }
    }

    /// <summary>The factor on the price that the chosen profile has.</summary>
    public decimal PriceFactor(ModelInfo model) => model.Profiles.GetValueOrDefault(ProfileOf(model) ?? "", 1m);

    private string UpstreamId(ModelInfo model) =>
        _learned.TryGetValue(model.Id, out var learned) ? learned
        : ProfileOf(model) is { } profile ? $"{profile}.{model.UpstreamName}"
        : model.UpstreamName;

    private string? ProfileOf(ModelInfo model)
    {
        if (model.Profiles.Count == 0)
        {
            return null;
        }

        foreach (var wanted in (ReadOnlySpan<string?>)[_options.Profile, Geography(), Geography() is "jp" or "au" ? "apac" : null, "global"])
        {
            if (wanted is not null && model.Profiles.ContainsKey(wanted))
            {
                return wanted;
            }
        }

        return null;
    }

    /// <summary>The geography of the configured region, as profiles name it.</summary>
    private string? Geography() => _options.Region switch
    {
        null => null,
        "ap-northeast-1" or "ap-northeast-3" => "jp",
        "ap-southeast-2" or "ap-southeast-4" => "au",
        var region when region.StartsWith("us-gov-", StringComparison.Ordinal) => "us-gov",
        var region when region.StartsWith("us-", StringComparison.Ordinal) => "us",
        var region when region.StartsWith("eu-", StringComparison.Ordinal) => "eu",
        var region when region.StartsWith("ap-", StringComparison.Ordinal) => "apac",
        _ => null,
    };

    private async Task<HttpResponseMessage> SendAsync(ModelInfo model, string id, string operation, ReadOnlyMemory<byte> body, Patience patience, IReadOnlyList<KeyValuePair<string, string>>? headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_base}/model/{Uri.EscapeDataString(id)}/{operation}")
        {
            Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = s_json } },
            Version = System.Net.HttpVersion.Version20,
        };
        foreach (var (name, value) in headers ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (_apiKey is { Length: > 0 })
        {
            request.Headers.TryAddWithoutValidation("authorization", $"Bearer {_apiKey}");
        }
        else
        {
            var credentials = await _keys.GetAsync();
            _signer.Sign(request, body.Span, credentials, _time.GetUtcNow());
        }

        var response = await _http.Invoker.SendAsync(request, patience.Token);
        patience.Renew();
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await BedrockError.ReadAsync(response, model, patience.Token);
        }
    }
}
