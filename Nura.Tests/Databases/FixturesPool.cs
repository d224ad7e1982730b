using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Nura.Tests.Databases;

internal static class FixturesPool
{
    /// <summary>A service on a database of <see cref="DatabaseFixture"/> takes its connections from the pool of that database.</summary>
    public static void UseFixturesPool(this IWebHostBuilder builder, string? connectionString)
    {
        if (DatabaseFixture.Pool(connectionString) is { } pool)
        {
            builder.ConfigureTestServices(services => services.AddSingleton(pool));
        }
    }
}
