using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Sends signed requests to SageMaker's runtime (API reference, "InvokeEndpoint" and "InvokeEndpointWithResponseStream").</summary>
internal sealed class SageMakerHttp : IChatTransport
{
    private readonly SageMakerOptions _options;
    private readonly AwsSender _sender;
    private readonly string _base;

    public SageMakerHttp(IOptions<ModelsOptions> options, UpstreamHttp http, TimeProvider time)
    {
        _options = options.Value.SageMaker;
        var region = _options.Region ?? "us-east-1";
        _base = (_options.Endpoint ?? $"https://runtime.sagemaker.{region}.amazonaws.com").TrimEnd('/');
        var keys = new AwsKeys(
            _options.AccessKeyId, _options.SecretAccessKey, _options.SessionToken,
            "No AWS credentials were found for SageMaker. Give the service a role (IRSA, Pod Identity), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.", time);
        _sender = new AwsSender(http, time, new SigV4(region, "sagemaker"), keys);
    }

    public string Name => "aws.sagemaker";

    public Uri Address => new(_base);

    public TimeSpan Timeout => TimeSpan.FromSeconds(_options.TimeoutSeconds);

    /// <exception cref="ModelException">It was refused, or the container failed.</exception>
    public async Task<HttpResponseMessage> PostAsync(ModelInfo model, ReadOnlyMemory<byte> body, bool stream, Patience patience)
    {
        var endpoint = _options.Endpoints[model.Server!];
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_base}/endpoints/{Uri.EscapeDataString(endpoint.Name)}/{(stream ? "invocations-response-stream" : "invocations")}");
        Add("X-Amzn-SageMaker-Inference-Component", endpoint.InferenceComponent);
        Add("X-Amzn-SageMaker-Target-Variant", endpoint.TargetVariant);
        var response = await _sender.SendAsync(request, body, patience.Token);
        patience.Renew();
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await SageMakerError.ReadAsync(response, model, patience.Token);
        }

        void Add(string name, string? value)
        {
            if (value is { Length: > 0 })
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }

    public async Task<Stream> ReadAsync(HttpResponseMessage response, ModelInfo model, bool stream, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        return stream ? new PayloadStream(body, model) : body;
    }
}
