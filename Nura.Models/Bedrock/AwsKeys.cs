using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace Nura.Models;

/// <summary>Keys to sign with: the configured ones, or those of AWS' usual chain (environment, IRSA, Pod Identity, files, instance).</summary>
/// <param name="accessKey">Configured access key, if any.</param>
/// <param name="secret">Its secret.</param>
/// <param name="token">Its session token, if it is temporary.</param>
/// <param name="missing">What to say when the chain has none.</param>
/// <param name="time">The clock.</param>
/// <param name="look">Looks along the chain.</param>
internal sealed class AwsKeys(string? accessKey, string? secret, string? token, string missing, TimeProvider time, Func<AWSCredentials>? look = null)
{
    /// <summary>From one search to the next while there are none: it takes seconds, and everybody who calls would wait for one of their own.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Task<AWSCredentials>? _chain;
    private long _lookedAt;

    /// <exception cref="ModelException">There are none yet; they are looked for again, but not with every call.</exception>
    public async ValueTask<SigV4Credentials> GetAsync()
    {
        if (accessKey is { Length: > 0 } && secret is { Length: > 0 })
        {
            return new SigV4Credentials(accessKey, secret, token);
        }

        // Some members of the chain ask by blocking calls. The thread that comes here may be one that sockets complete on, and they would wait for each other.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var found = await (await ChainAsync()).GetCredentialsAsync();
            return new SigV4Credentials(found.AccessKey, found.SecretKey, found.UseToken ? found.Token : null);
        }
        catch (Exception exception) when (exception is AmazonClientException or OperationCanceledException)
        {
            throw new ModelException(missing, 503, isRetryable: false, exception) { Code = "no_credentials" };
        }
    }

    /// <summary>What the chain was found to have. One looks for all who ask meanwhile.</summary>
    private Task<AWSCredentials> ChainAsync()
    {
        lock (_lock)
        {
            if (_chain is null || ((_chain.IsFaulted || _chain.IsCanceled) && time.GetElapsedTime(_lookedAt) >= Pause))
            {
                _lookedAt = time.GetTimestamp();
                _chain = Task.Run(look ?? (() => DefaultAWSCredentialsIdentityResolver.GetCredentials()));
            }

            return _chain;
        }
    }
}
