using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;
using Polly.Retry;
using Polly.Timeout;

namespace Nura.ServiceDefaults.Resilience;

/// <summary>One pipeline per service, so that each has its own circuit breaker: total timeout, retry, breaker, attempt timeout.</summary>
internal sealed partial class ServicePipelines(IOptions<ResilienceOptions> options, TimeProvider time, ILogger<ServicePipelines> logger) : IAsyncDisposable
{
    /// <summary>The request of an execution, since the strategies decide by its method.</summary>
    public static readonly ResiliencePropertyKey<HttpRequestMessage> Request = new("request");

    /// <summary>Longest wait that an answer's <c>Retry-After</c> can ask for.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(5);

    private readonly ResiliencePipelineRegistry<string> _pipelines = new(new() { BuilderFactory = () => new ResiliencePipelineBuilder { TimeProvider = time } });

    public ResiliencePipeline<HttpResponseMessage> For(string service) =>
        _pipelines.GetOrAddPipeline<HttpResponseMessage>(service, builder => Build(builder, service));

    public ValueTask DisposeAsync() => _pipelines.DisposeAsync();

    private void Build(ResiliencePipelineBuilder<HttpResponseMessage> builder, string service)
    {
        var settings = options.Value;
        builder.TimeProvider = time;
        builder.AddTimeout(settings.TotalTimeout);
        if (settings.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = settings.Retries,
                Delay = settings.RetryDelay,
                MaxDelay = s_longestWait,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(MayRetry(arguments.Context, arguments.Outcome)),
                DelayGenerator = arguments => ValueTask.FromResult(WaitAskedFor(arguments.Outcome)),
                OnRetry = arguments =>
                {
                    LogRetry(service, arguments.AttemptNumber + 1, Describe(arguments.Outcome), arguments.RetryDelay.TotalMilliseconds);
                    return ValueTask.CompletedTask;
                },
            });
        }

        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
        {
            FailureRatio = settings.FailureRatio,
            MinimumThroughput = settings.MinimumThroughput,
            SamplingDuration = settings.SamplingDuration,
            BreakDuration = settings.BreakDuration,
            // Who says that one asks too much is well: those that ask for something else are not to be kept away.
            ShouldHandle = arguments => ValueTask.FromResult(IsFailure(arguments.Outcome) && arguments.Outcome.Result?.StatusCode != HttpStatusCode.TooManyRequests),
            OnOpened = arguments =>
            {
                LogOpened(service, arguments.BreakDuration.TotalSeconds, Describe(arguments.Outcome));
                return ValueTask.CompletedTask;
            },
            OnClosed = _ =>
            {
                LogClosed(service);
                return ValueTask.CompletedTask;
            },
        });
        builder.AddTimeout(settings.AttemptTimeout);
    }

    private static bool IsFailure(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Result.StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests } => true,
        { Result.StatusCode: HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout } => true,
        _ => false,
    };

    private static bool MayRetry(ResilienceContext context, Outcome<HttpResponseMessage> outcome)
    {
        if (!IsFailure(outcome) || !context.Properties.TryGetValue(Request, out var request) || request is null)
        {
            return false;
        }

        // Without a connection nothing of the request, not even its body, was sent.
        return outcome.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }
            || (IsIdempotent(request.Method) && request.Content is null or ByteArrayContent or System.Net.Http.Json.JsonContent);
    }

    /// <summary>RFC 9110 section 9.2.2.</summary>
    private static bool IsIdempotent(HttpMethod method) =>
        method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options || method == HttpMethod.Put || method == HttpMethod.Delete;

    private TimeSpan? WaitAskedFor(Outcome<HttpResponseMessage> outcome)
    {
        var asked = outcome.Result?.Headers.RetryAfter;
        return (asked?.Delta ?? asked?.Date - time.GetUtcNow()) is { } wait && wait > TimeSpan.Zero
            ? TimeSpan.FromTicks(Math.Min(wait.Ticks, s_longestWait.Ticks))
            : null;
    }

    private static string Describe(Outcome<HttpResponseMessage> outcome) =>
        outcome.Exception is { } exception ? exception.GetType().Name : $"status {(int?)outcome.Result?.StatusCode}";

    [LoggerMessage(5011, LogLevel.Warning, "Retry {Attempt} of a call to {Service} after {Failure}, in {DelayMs} ms")]
    private partial void LogRetry(string service, int attempt, string failure, double delayMs);

    [LoggerMessage(5012, LogLevel.Error, "Leaving {Service} alone for {BreakSeconds} s: too many calls failed, the last with {Failure}")]
    private partial void LogOpened(string service, double breakSeconds, string failure);

    [LoggerMessage(5013, LogLevel.Information, "{Service} answers again")]
    private partial void LogClosed(string service);
}
