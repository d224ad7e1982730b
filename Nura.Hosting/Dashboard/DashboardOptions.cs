namespace Nura.Hosting.Dashboard;

/// <summary>Where the dashboard listens and who may look.</summary>
internal sealed record DashboardOptions
{
    /// <summary>The configuration key that chooses the port of the pages.</summary>
    public const string PortKey = "Nura:Ports:dashboard";

    /// <summary>The configuration key that chooses the port of the telemetry receiver.</summary>
    public const string OtlpPortKey = "Nura:Ports:telemetry";

    /// <summary>Shown as the title; the AppHost's name.</summary>
    public required string ApplicationName { get; init; }

    /// <summary>Address of the pages, on this machine. Port 0 takes a free one.</summary>
    public required Uri FrontendUrl { get; init; }

    /// <summary>Address that the services send their telemetry to (OTLP over HTTP). Port 0 takes a free one.</summary>
    public required Uri OtlpUrl { get; init; }

    /// <summary>What services must send as <c>x-otlp-api-key</c>.</summary>
    public required string OtlpApiKey { get; init; }

    /// <summary>What a person must know to see the pages; null lets everyone on this machine in.</summary>
    public required string? BrowserToken { get; init; }
}
