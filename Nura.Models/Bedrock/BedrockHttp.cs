using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Sends signed requests to Bedrock's runtime.</summary>
internal sealed class BedrockHttp
{
    private readonly ConcurrentDictionary<string, string> _learned = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Id, string Operation), Uri> _addresses = new();
    private readonly BedrockOptions _options;
    private readonly AwsSender _sender;
    private readonly string _base;
    private readonly string _control;

    public BedrockHttp(IOptions<ModelsOptions> options, UpstreamHttp http, TimeProvider time)
    {
        _options = options.Value.Bedrock;
        var region = _options.Region ?? "us-east-1";
        _base = (_options.Endpoint ?? $"https://bedrock-runtime.{region}.amazonaws.com").TrimEnd('/');
        _control = (_options.ControlEndpoint ?? $"https://bedrock.{region}.amazonaws.com").TrimEnd('/');
        var keys = new AwsKeys(
            _options.AccessKeyId, _options.SecretAccessKey, _options.SessionToken,
            "No AWS credentials were found for Bedrock. Give the service a role (IRSA, Pod Identity), set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or set Nura:Models:Bedrock:ApiKey.", time);
        _sender = new AwsSender(http, time, new SigV4(region, "bedrock"), keys, _options.ApiKey ?? Environment.GetEnvironmentVariable("AWS_BEARER_TOKEN_BEDROCK"));
    }

    public TimeSpan Timeout => TimeSpan.FromSeconds(_options.TimeoutSeconds);

    public string Endpoint => _base;

    /// <summary>Whether Nura chooses what of a prompt Bedrock keeps, where the caller does not.</summary>
    public bool ChoosesCachePoints => _options.PromptCache;

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

    /// <summary>Asks Bedrock's control plane about an inference profile.</summary>
    /// <returns>Its answer, whatever it says.</returns>
    public async Task<HttpResponseMessage> GetProfileAsync(string arn, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{_control}/inference-profiles/{Uri.EscapeDataString(arn)}");
        return await _sender.SendAsync(request, default, cancellationToken);
    }

    /// <summary>The geography of a region, as profiles name it.</summary>
    public static string? GeographyOf(string? region) => region switch
    {
        null => null,
        "ap-northeast-1" or "ap-northeast-3" => "jp",
        "ap-southeast-2" or "ap-southeast-4" => "au",
        _ when region.StartsWith("us-gov-", StringComparison.Ordinal) => "us-gov",
        _ when region.StartsWith("us-", StringComparison.Ordinal) => "us",
        _ when region.StartsWith("eu-", StringComparison.Ordinal) => "eu",
        _ when region.StartsWith("ap-", StringComparison.Ordinal) => "apac",
        _ => null,
    };

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

    private string? Geography() => GeographyOf(_options.Region);

    private async Task<HttpResponseMessage> SendAsync(ModelInfo model, string id, string operation, ReadOnlyMemory<byte> body, Patience patience, IReadOnlyList<KeyValuePair<string, string>>? headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _addresses.GetOrAdd((id, operation), static (asked, start) => new Uri($"{start}/model/{Uri.EscapeDataString(asked.Id)}/{asked.Operation}"), _base))
        {
            Version = System.Net.HttpVersion.Version20,
        };
        foreach (var (name, value) in headers ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await _sender.SendAsync(request, body, patience.Token);
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
