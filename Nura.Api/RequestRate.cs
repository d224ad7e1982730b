using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Nura.Api.Errors;
using Nura.Api.Keys;

namespace Nura.Api;

/// <summary>Keeps one key, or one person with all their own, from taking the service from all others: so many requests a minute, in each process (<see cref="ApiOptions.RequestsPerMinute"/>).</summary>
internal static class RequestRate
{
    public static void AddRequestRate(this IHostApplicationBuilder builder)
    {
        builder.Services.AddRateLimiter();
        builder.Services.AddOptions<RateLimiterOptions>().Configure<IOptions<ApiOptions>>((limiter, api) =>
        {
            var most = api.Value.RequestsPerMinute;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, Guid>(http => http.User is KeyPrincipal caller && !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)
                ? RateLimitPartition.GetTokenBucketLimiter(caller.Holder.Owner ?? caller.Holder.Id, _ => Bucket(most))
                : RateLimitPartition.GetNoLimiter(Guid.AllBitsSet));
            limiter.OnRejected = (refused, _) => throw TooMany(most, refused.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1));
        });
    }

    /// <summary>Call this after authentication. Without a limit it adds nothing to a request.</summary>
    public static void UseRequestRate(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.RequestsPerMinute > 0)
        {
            app.UseRateLimiter();
        }
    }

    /// <summary>A minute's requests may come at once; then one more each time its share of a minute is over.</summary>
    private static TokenBucketRateLimiterOptions Bucket(int most) => new() { TokenLimit = most, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromMinutes(1) / most };

    private static RequestException TooMany(int most, TimeSpan wait) =>
        new(StatusCodes.Status429TooManyRequests, $"This key has used up its requests ({most} a minute). Try again in {Math.Ceiling(wait.TotalSeconds):0} s; an administrator can raise {ApiOptions.Section}:{nameof(ApiOptions.RequestsPerMinute)}.")
        {
            Code = "rate_limit_exceeded",
            RetryAfter = wait,
        };
}
