using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Hosting;

namespace Nura.ServiceDefaults.Telemetry;

internal static class LogLevels
{
    /// <summary>
    /// Without it the framework writes several lines for each request and the SQL of each command. It is the first configuration source,
    /// so any setting of <c>Logging:LogLevel</c> wins.
    /// </summary>
    public static void AddLogLevels(this IHostApplicationBuilder builder) =>
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
                ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
                ["Logging:LogLevel:Npgsql"] = "Warning",
                ["Logging:LogLevel:Polly"] = "Warning",
            },
        });
}
