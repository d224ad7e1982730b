using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Nura.Models;

/// <summary>Spans and metrics of calls, named by OpenTelemetry's conventions for generative AI as of v1.41. Prompts and answers are never part of them.</summary>
internal static class ModelTelemetry
{
    private const string Name = "Nura.Models";

    // One table of names, so that a change of the conventions is a change here.
    private const string Operation = "gen_ai.operation.name";
    private const string Provider = "gen_ai.provider.name";
    private const string RequestModel = "gen_ai.request.model";
    private const string TokenType = "gen_ai.token.type";
    private const string InputTokens = "gen_ai.usage.input_tokens";
    private const string OutputTokens = "gen_ai.usage.output_tokens";
    private const string CacheReadTokens = "gen_ai.usage.cache_read.input_tokens";
    private const string CacheWriteTokens = "gen_ai.usage.cache_creation.input_tokens";
    private const string ErrorType = "error.type";

    private static readonly ActivitySource s_source = new(Name);
    private static readonly Meter s_meter = new(Name);

    private static readonly Histogram<long> s_tokens = s_meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "Tokens of a call.", null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864] });

    private static readonly double[] s_seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram(
        "gen_ai.client.operation.duration", "s", "Time of a call.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = s_seconds });

    private static readonly Histogram<double> s_first = s_meter.CreateHistogram(
        "gen_ai.client.operation.time_to_first_chunk", "s", "Time to the first piece of an answer.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = s_seconds });

    private static readonly Counter<double> s_cost = s_meter.CreateCounter<double>("nura.models.cost", "{USD}", "Cost of calls in US dollars.");

    public static Activity? Start(string operation, ModelInfo model)
    {
        var activity = s_source.StartActivity($"{operation} {model.Id}", ActivityKind.Client);
        activity?.SetTag(Operation, operation).SetTag(Provider, ProviderName(model)).SetTag(RequestModel, model.Id);
        return activity;
    }

    public static void FirstPiece(string operation, ModelInfo model, TimeSpan elapsed)
    {
        if (s_first.Enabled)
        {
            s_first.Record(elapsed.TotalSeconds, Tags(operation, model));
        }
    }

    public static void End(Activity? activity, string operation, ModelInfo model, TokenUsage tokens, int status, TimeSpan elapsed, decimal cost)
    {
        if (s_duration.Enabled)
        {
            var tags = Tags(operation, model);
            if (status >= 400)
            {
                tags.Add(ErrorType, status.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            s_duration.Record(elapsed.TotalSeconds, tags);
        }

        if (s_tokens.Enabled && status < 400)
        {
            var input = Tags(operation, model);
            input.Add(TokenType, "input");
            s_tokens.Record(tokens.Prompt, input);
            var output = Tags(operation, model);
            output.Add(TokenType, "output");
            s_tokens.Record(tokens.Output, output);
        }

        if (s_cost.Enabled && cost > 0)
        {
            s_cost.Add((double)cost, Tags(operation, model));
        }

        if (activity is not null)
        {
            activity.SetTag(InputTokens, tokens.Prompt).SetTag(OutputTokens, tokens.Output).SetTag(CacheReadTokens, tokens.CacheRead).SetTag(CacheWriteTokens, tokens.CacheWrite5m + tokens.CacheWrite1h);
            if (status >= 400)
            {
                activity.SetTag(ErrorType, status).SetStatus(ActivityStatusCode.Error);
            }

            activity.Dispose();
        }
    }

    private static TagList Tags(string operation, ModelInfo model) => new()
    {
        { Operation, operation },
        { Provider, ProviderName(model) },
        { RequestModel, model.Id },
    };

    private static string ProviderName(ModelInfo model) => model.Provider == BedrockChatClient.ProviderName ? "aws.bedrock" : model.Provider;
}
