using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace Nura.Models;

/// <summary>Keys to sign with: the configured ones, or those of AWS' usual chain (environment, IRSA, Pod Identity, files, instance).</summary>
/// <param name="accessKey">Configured access key, if any.</param>
/// <param name="secret">Its secret.</param>
/// <param name="token">Its session token, if it is temporary.</param>
/// <param name="missing">What to say when the chain has none.</param>
internal sealed class AwsKeys(string? accessKey, string? secret, string? token, string missing)
{
    private readonly Lazy<AWSCredentials> _chain = new(() => DefaultAWSCredentialsIdentityResolver.GetCredentials());

    /// <exception cref="ModelException">There are none.</exception>
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
            var found = await _chain.Value.GetCredentialsAsync();
            return new SigV4Credentials(found.AccessKey, found.SecretKey, found.UseToken ? found.Token : null);
        }
        catch (AmazonClientException exception)
        {
            throw new ModelException(missing, 503, isRetryable: false, exception) { Code = "no_credentials" };
        }
    }
}
