using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Nura.Models;

/// <summary>This process's telemetry of model calls. Names: <see cref="GenAiNames"/>.</summary>
internal static class ModelTelemetry
{
    public const string Name = "Nura.Models";

    public static ModelInstruments Instruments { get; } = new(new ActivitySource(Name), new Meter(Name), GenAiNames.For(Environment.GetEnvironmentVariable(GenAiNames.Switch)));
}
