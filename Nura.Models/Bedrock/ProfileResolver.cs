using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Asks Bedrock, once, which model stands behind an application inference profile that nobody described in the configuration.</summary>
/// <remarks>API reference of Amazon Bedrock, "GetInferenceProfile". Only profiles under <see cref="BedrockOptions.AllowedProfiles"/> are asked for, so that no caller spends on an account's behalf through any ARN.</remarks>
public sealed class ProfileResolver
{
    /// <summary>What stands in the ARN of every application inference profile.</summary>
    internal const string Mark = ":application-inference-profile/";

    private static readonly JsonTypeInfo<Profile> s_profile = new ModelsJsonContext(new JsonSerializerOptions(JsonSerializerDefaults.Web)).Profile;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Lazy<Task>> _underWay = new(StringComparer.Ordinal);
    private readonly BedrockOptions _options;
    private readonly ModelCatalog _catalog;
    private readonly BedrockHttp _bedrock;
    private readonly TimeProvider _time;

    internal ProfileResolver(IOptions<ModelsOptions> options, ModelCatalog catalog, BedrockHttp bedrock, TimeProvider time) =>
        (_options, _catalog, _bedrock, _time) = (options.Value.Bedrock, catalog, bedrock, time);

    /// <summary>Makes the catalog know a name if it is the ARN of an application inference profile; other names are left alone.</summary>
    /// <param name="name">What a caller wrote as model.</param>
    /// <param name="cancellationToken">Stops waiting; others who wait for the same profile go on.</param>
    /// <exception cref="ModelException">The profile may not be used here, Bedrock does not tell about it, or the model behind it is not in the catalog.</exception>
    public async ValueTask LearnAsync(string name, CancellationToken cancellationToken)
    {
        if (!name.Contains(Mark, StringComparison.Ordinal) || _catalog.Find(name) is not null)
        {
            return;
        }

        if (!_options.AllowedProfiles.Exists(allowed => allowed.EndsWith('*') ? name.StartsWith(allowed[..^1], StringComparison.Ordinal) : name == allowed))
        {
            throw new ModelException($"The application inference profile '{name}' may not be used here. An administrator can allow it in {ModelsOptions.Section}:Bedrock:AllowedProfiles.", 403, isRetryable: false) { Code = "profile_not_allowed" };
        }

        await _underWay.GetOrAdd(name, arn => new Lazy<Task>(() => ResolveAsync(arn))).Value.WaitAsync(cancellationToken);
    }

    private async Task ResolveAsync(string arn)
    {
        var asked = new ModelInfo { Id = arn, Provider = BedrockChatClient.ProviderName };
        using var patience = new Patience(s_limit, _time, CancellationToken.None);
        try
        {
            using var response = await _bedrock.GetProfileAsync(arn, patience.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw await RefusedAsync(response, asked, patience.Token);
            }

            Learn(arn, await response.Content.ReadFromJsonAsync(s_profile, patience.Token));
        }
        catch (Exception exception) when (UpstreamFailure.Of(exception, asked, patience) is { } failure)
        {
            throw failure;
        }
        finally
        {
            // What was learned is in the catalog; what failed is asked again next time.
            _underWay.TryRemove(arn, out _);
        }
    }

    private void Learn(string arn, Profile? profile)
    {
        // arn:aws:bedrock:<region, empty for the whole world>::foundation-model/<id>
        var models = (profile?.Models ?? []).Select(model => (model.ModelArn ?? "").Split(':', 6)).Where(parts => parts.Length == 6).ToList();
        if (models.Count == 0 || profile?.Status != "ACTIVE")
        {
            throw new ModelException($"The application inference profile '{arn}' is not active.", 404, isRetryable: false) { Code = "profile_not_active" };
        }

        var model = models[0][5][(models[0][5].IndexOf('/', StringComparison.Ordinal) + 1)..];
        var geography = models.Exists(parts => parts[3].Length == 0) ? "global" : BedrockHttp.GeographyOf(models[0][3]);
        if (!_catalog.TryLearnProfile(arn, model, geography))
        {
            throw new ModelException($"The application inference profile '{arn}' stands before '{model}', which is not in the catalog. An administrator can add it in the file that {ModelsOptions.Section}:Catalog names.", 404, isRetryable: false) { Code = "model_not_found" };
        }
    }

    private static async Task<ModelException> RefusedAsync(HttpResponseMessage response, ModelInfo asked, CancellationToken cancellationToken)
    {
        var refusal = await BedrockError.ReadAsync(response, asked, cancellationToken);
        return (int)response.StatusCode is 401 or 403
            ? UpstreamFailure.CredentialsRefused(asked, $"{ModelsOptions.Section}:Bedrock, and the permission bedrock:GetInferenceProfile", (int)response.StatusCode, refusal.UpstreamMessage ?? "")
            : refusal;
    }

    internal sealed record Profile(string? Status, IReadOnlyList<Target>? Models);

    internal sealed record Target(string? ModelArn);
}
