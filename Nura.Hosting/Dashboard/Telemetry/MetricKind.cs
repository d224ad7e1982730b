namespace Nura.Hosting.Dashboard.Telemetry;

/// <summary>How the values of an instrument are read.</summary>
internal enum MetricKind
{
    /// <summary>A value that goes up and down.</summary>
    Gauge,

    /// <summary>A total that only grows; its rate is what one looks at.</summary>
    Counter,

    /// <summary>A distribution; its percentiles are what one looks at.</summary>
    Histogram,
}
