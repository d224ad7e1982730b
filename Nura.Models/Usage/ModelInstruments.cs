using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Nura.Models;

/// <summary>Spans and metrics of calls. Prompts and answers are never part of them.</summary>
internal sealed class ModelInstruments
{
    private static readonly InstrumentAdvice<long> s_tokens = new()
    {
        HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
    };

    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    };

    private readonly ActivitySource _source;
    private readonly GenAiNames _names;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _first;
    private readonly Counter<double> _cost;
    private readonly Histogram<long>? _usage;
    private readonly Histogram<long>? _inputSize;
    private readonly Histogram<long>? _outputSize;
    private readonly Counter<long>? _input;
    private readonly Counter<long>? _output;
    private readonly Counter<long>? _cacheRead;
    private readonly Counter<long>? _cacheWrite;

    public ModelInstruments(ActivitySource source, Meter meter, GenAiNames names)
    {
        (_source, _names) = (source, names);
        _duration = meter.CreateHistogram(names.Duration, "s", "Time of a call.", null, s_seconds);
        _first = meter.CreateHistogram(names.FirstChunk, "s", "Time to the first piece of an answer.", null, s_seconds);
        _cost = meter.CreateCounter<double>(GenAiNames.Cost, "{USD}", "Cost of calls in US dollars.");
        _usage = Sizes(names.TokenUsage, "Tokens of a call.");
        _inputSize = Sizes(names.InputSize, "Tokens of a call's prompt.");
        _outputSize = Sizes(names.OutputSize, "Tokens of a call's answer.");
        _input = Count(names.InputCounter, "Tokens of prompts, cached ones included.");
        _output = Count(names.OutputCounter, "Tokens of answers.");
        _cacheRead = Count(names.CacheReadCounter, "Tokens of prompts read from a provider's cache.");
        _cacheWrite = Count(names.CacheWriteCounter, "Tokens of prompts written to a provider's cache.");

        Histogram<long>? Sizes(string? name, string text) => name is null ? null : meter.CreateHistogram(name, "{token}", text, null, s_tokens);
        Counter<long>? Count(string? name, string text) => name is null ? null : meter.CreateCounter<long>(name, "{token}", text);
    }

    /// <summary>Whether anybody collects spans.</summary>
    public bool IsTraced => _source.HasListeners();

    public Activity? Start(string operation, ModelInfo model)
    {
        var activity = IsTraced ? _source.StartActivity($"{operation} {model.Id}", ActivityKind.Client) : null;
        activity?.SetTag(GenAiNames.Operation, operation).SetTag(GenAiNames.Provider, ProviderName(model)).SetTag(GenAiNames.RequestModel, model.Id);
        return activity;
    }

    public void FirstPiece(string operation, ModelInfo model, TimeSpan elapsed)
    {
        if (_first.Enabled)
        {
            _first.Record(elapsed.TotalSeconds, Tags(operation, model));
        }
    }

    public void End(Activity? activity, string operation, ModelInfo model, TokenUsage tokens, int status, TimeSpan elapsed, decimal cost)
    {
        var tags = Tags(operation, model);
        if (_duration.Enabled)
        {
            var ended = tags;
            if (status >= 400)
            {
                ended.Add(GenAiNames.ErrorType, status.ToString(CultureInfo.InvariantCulture));
            }

            _duration.Record(elapsed.TotalSeconds, ended);
        }

        if (status < 400)
        {
            Count(tags, tokens);
        }

        if (_cost.Enabled && cost > 0)
        {
            _cost.Add((double)cost, tags);
        }

        if (activity is not null)
        {
            activity.SetTag(GenAiNames.InputTokens, tokens.Prompt).SetTag(GenAiNames.OutputTokens, tokens.Output)
                .SetTag(GenAiNames.CacheReadTokens, tokens.CacheRead).SetTag(_names.CacheWriteTokens, tokens.CacheWrite5m + tokens.CacheWrite1h);
            if (status >= 400)
            {
                activity.SetTag(GenAiNames.ErrorType, status.ToString(CultureInfo.InvariantCulture)).SetStatus(ActivityStatusCode.Error);
            }

            activity.Dispose();
        }
    }

    private void Count(in TagList tags, TokenUsage tokens)
    {
        if (_usage is { Enabled: true })
        {
            var (input, output) = (tags, tags);
            input.Add(GenAiNames.TokenType, "input");
            output.Add(GenAiNames.TokenType, "output");
            _usage.Record(tokens.Prompt, input);
            _usage.Record(tokens.Output, output);
        }

        _inputSize?.Record(tokens.Prompt, tags);
        _outputSize?.Record(tokens.Output, tags);
        _input?.Add(tokens.Prompt, tags);
        _output?.Add(tokens.Output, tags);
        _cacheRead?.Add(tokens.CacheRead, tags);
        _cacheWrite?.Add(tokens.CacheWrite5m + tokens.CacheWrite1h, tags);
    }

    private static TagList Tags(string operation, ModelInfo model) => new()
    {
        { GenAiNames.Operation, operation },
        { GenAiNames.Provider, ProviderName(model) },
        { GenAiNames.RequestModel, model.Id },
    };

    private static string ProviderName(ModelInfo model) => model.Provider == BedrockChatClient.ProviderName ? "aws.bedrock" : model.Provider;
}
