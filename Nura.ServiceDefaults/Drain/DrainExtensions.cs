using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Nura.ServiceDefaults.Drain;

internal static class DrainExtensions
{
    /// <summary>In development a stop is quick unless configured otherwise: somebody is waiting at the keyboard.</summary>
    private static readonly TimeSpan s_developmentTimeout = TimeSpan.FromSeconds(5);

    public static void AddDrain(this IHostApplicationBuilder builder)
    {
        var development = builder.Environment.IsDevelopment();
        builder.Services.AddOptions<DrainOptions>()
            .Configure(options => options.Timeout = development ? s_developmentTimeout : options.Timeout)
            .BindConfiguration(DrainOptions.Section)
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<DrainOptions>, DrainOptionsValidator>();
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<DrainOptions>>((host, drain) =>
            // The host counts the pre-stop time as part of its shutdown.
            host.ShutdownTimeout = drain.Value.PreStop + drain.Value.Timeout);
        builder.Services.AddHostedService<DrainService>();
    }
}
