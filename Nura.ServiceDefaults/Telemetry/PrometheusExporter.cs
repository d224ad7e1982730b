using System.Text;
using Microsoft.AspNetCore.Http;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Nura.ServiceDefaults.Telemetry;

/// <summary>
/// Answers a scrape. OpenTelemetry's SDK aggregates and bounds the label sets of each metric (2,000, the rest counted together);
/// a scrape only collects and writes the text.
/// </summary>
internal sealed class PrometheusExporter : IDisposable
{
    /// <summary>The text format, version 0.0.4.</summary>
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly TextSink _sink = new();
    private readonly SemaphoreSlim _one = new(1, 1);

    public PrometheusExporter() => Reader = new PullReader(_sink);

    /// <summary>To be added to the meter provider.</summary>
    public MetricReader Reader { get; }

    /// <summary>Collects and writes; simultaneous scrapes wait for each other.</summary>
    public async Task WriteAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        byte[] text;
        await _one.WaitAsync(cancellationToken);
        try
        {
            // Set by the reader: pull readers refuse to be collected otherwise.
            text = _sink.Collect?.Invoke(Timeout.Infinite) is true ? _sink.Take() : [];
        }
        finally
        {
            _one.Release();
        }

        response.ContentType = ContentType;
        response.ContentLength = text.Length;
        await response.Body.WriteAsync(text, cancellationToken);
    }

    public void Dispose()
    {
        Reader.Dispose();
        _one.Dispose();
    }

    private sealed class PullReader(TextSink sink) : BaseExportingMetricReader(sink);

    [ExportModes(ExportModes.Pull)]
    private sealed class TextSink : BaseExporter<Metric>, IPullMetricExporter
    {
        private readonly StringBuilder _text = new();

        public Func<int, bool>? Collect { get; set; }

        public override ExportResult Export(in Batch<Metric> batch)
        {
            _text.Clear();
            PrometheusText.Write(_text, batch);
            return ExportResult.Success;
        }

        public byte[] Take() => Encoding.UTF8.GetBytes(_text.ToString());
    }
}
