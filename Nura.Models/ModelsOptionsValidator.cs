using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Stops the start on a bad value and names its key.</summary>
internal sealed class ModelsOptionsValidator : IValidateOptions<ModelsOptions>
{
    public ValidateOptionsResult Validate(string? name, ModelsOptions options)
    {
        var failures = new List<string>();
        foreach (var (server, value) in options.Servers)
        {
            var key = $"{ModelsOptions.Section}:Servers:{server}";
            if (!Uri.TryCreate(value.BaseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
            {
                failures.Add($"{key}:BaseUrl must be an absolute http or https address without user name, such as http://localhost:11434/v1; it is '{value.BaseUrl}'.");
            }

            if (value.Models.Count + value.EmbeddingModels.Count == 0 || value.Models.Concat(value.EmbeddingModels).Any(string.IsNullOrWhiteSpace))
            {
                failures.Add($"{key}:Models must name at least one model, as in {key}:Models:0 = qwen2.5-coder, and none may be empty.");
            }

            if (value.ApiKey is { } apiKey && apiKey.Any(c => c is < '!' or > '~'))
            {
                failures.Add($"{key}:ApiKey must consist of visible ASCII characters without blanks.");
            }

            if (value.Context < 256)
            {
                failures.Add($"{key}:Context must be at least 256 tokens; it is {value.Context}.");
            }

            if (value.MaxOutput < 0)
            {
                failures.Add($"{key}:MaxOutput must not be negative; it is {value.MaxOutput}.");
            }

            if (value.TimeoutSeconds is < 1 or > 3600)
            {
                failures.Add($"{key}:TimeoutSeconds must be between 1 and 3600; it is {value.TimeoutSeconds}.");
            }
        }

        if (options.Cache is not { Seconds: >= 0 and <= 86_400, Megabytes: >= 1 and <= 2_047 })
        {
            failures.Add($"{ModelsOptions.Section}:Cache:Seconds must be between 0 and 86400, and {ModelsOptions.Section}:Cache:Megabytes between 1 and 2047.");
        }

        if (options.CloudWatch.Namespace is { } space
            && (space.Length is 0 or > 255 || space.StartsWith("AWS/", StringComparison.Ordinal) || !space.All(c => char.IsAsciiLetterOrDigit(c) || "._-/#:".Contains(c, StringComparison.Ordinal))))
        {
            failures.Add($"{ModelsOptions.Section}:CloudWatch:Namespace must be 1 to 255 letters, digits and . - _ / # :, and not begin with AWS/; it is '{space}'.");
        }

        if (options.UsageDirectory is { } folder && !Path.IsPathFullyQualified(folder))
        {
            failures.Add($"{ModelsOptions.Section}:UsageDirectory must be the absolute path of a folder; it is '{folder}'.");
        }

        Semantic(options.Cache, failures);
        Bedrock(options.Bedrock, failures);
        SageMaker(options.SageMaker, failures);
        foreach (var (budget, value) in options.Budgets)
        {
            if (value.Limit < 0 || (value.Scope != BudgetScope.All && string.IsNullOrWhiteSpace(value.Id)))
            {
                failures.Add($"{ModelsOptions.Section}:Budgets:{budget} needs a Limit of 0 or more, and an Id unless its Scope is All.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Semantic(CacheOptions cache, List<string> failures)
    {
        const string Key = $"{ModelsOptions.Section}:Cache:Semantic";
        if (cache.Semantic.Model is not null && cache.Seconds == 0)
        {
            failures.Add($"{Key}:Model needs the exact cache too: set {ModelsOptions.Section}:Cache:Seconds above 0.");
        }

        if (cache.Semantic is not { Similarity: >= 0.5 and <= 1, Seconds: >= 1 and <= 2_592_000, Answers: >= 1 and <= 100_000, DeadlineMs: >= 10 and <= 60_000 })
        {
            failures.Add($"{Key}:Similarity must be between 0.5 and 1, {Key}:Seconds between 1 and 2592000, {Key}:Answers between 1 and 100000, and {Key}:DeadlineMs between 10 and 60000.");
        }
    }

    private static void Bedrock(BedrockOptions bedrock, List<string> failures)
    {
        const string Key = $"{ModelsOptions.Section}:Bedrock";
        if (bedrock.Region is { } region && (region.Length is 0 or > 40 || !region.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))
        {
            failures.Add($"{Key}:Region must be the name of an AWS region, such as us-east-1; it is '{region}'.");
        }

        foreach (var (name, value) in ((string, string?)[])[("Endpoint", bedrock.Endpoint), ("ControlEndpoint", bedrock.ControlEndpoint)])
        {
            if (value is not null && (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")))
            {
                failures.Add($"{Key}:{name} must be an absolute http or https address; it is '{value}'.");
            }
        }

        if (bedrock.AllowedProfiles.Find(arn => !arn.StartsWith("arn:aws", StringComparison.Ordinal) || !arn.Contains(ProfileResolver.Mark, StringComparison.Ordinal)) is { } wrong)
        {
            failures.Add($"{Key}:AllowedProfiles must be ARNs such as arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/*; one is '{wrong}'.");
        }

        if (string.IsNullOrEmpty(bedrock.AccessKeyId) != string.IsNullOrEmpty(bedrock.SecretAccessKey))
        {
            failures.Add($"{Key}:AccessKeyId and {Key}:SecretAccessKey must be set together.");
        }

        if (bedrock.TimeoutSeconds is < 1 or > 3600)
        {
            failures.Add($"{Key}:TimeoutSeconds must be between 1 and 3600; it is {bedrock.TimeoutSeconds}.");
        }

        foreach (var (name, profile) in bedrock.ApplicationProfiles)
        {
            if (!profile.Arn.StartsWith("arn:aws", StringComparison.Ordinal) || string.IsNullOrWhiteSpace(profile.Model))
            {
                failures.Add($"{Key}:ApplicationProfiles:{name} needs an Arn that begins with arn:aws, and the Model behind it.");
            }
        }
    }

    private static void SageMaker(SageMakerOptions options, List<string> failures)
    {
        const string Key = $"{ModelsOptions.Section}:SageMaker";
        if (options.Endpoints.Count > 0 && string.IsNullOrWhiteSpace(options.Region))
        {
            failures.Add($"{Key}:Region must name the region of the endpoints, such as us-east-1.");
        }

        if (options.Endpoint is { } address && (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")))
        {
            failures.Add($"{Key}:Endpoint must be an absolute http or https address; it is '{address}'.");
        }

        if (string.IsNullOrEmpty(options.AccessKeyId) != string.IsNullOrEmpty(options.SecretAccessKey))
        {
            failures.Add($"{Key}:AccessKeyId and {Key}:SecretAccessKey must be set together.");
        }

        if (options.TimeoutSeconds is < 1 or > 3600)
        {
            failures.Add($"{Key}:TimeoutSeconds must be between 1 and 3600; it is {options.TimeoutSeconds}.");
        }

        foreach (var (name, endpoint) in options.Endpoints)
        {
            if (endpoint.Name.Length is 0 or > 63 || endpoint.Context < 1 || endpoint.MaxOutput < 0 || endpoint.Dimensions < 1 || endpoint.Embeddings is not ("tei" or "openai"))
            {
                failures.Add($"{Key}:Endpoints:{name} needs the Name of the endpoint in SageMaker (1 to 63 characters), Context and Dimensions above 0, MaxOutput of 0 or more, and Embeddings tei or openai.");
            }
        }
    }
}
