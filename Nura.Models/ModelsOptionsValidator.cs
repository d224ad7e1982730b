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

            if (value.Models.Count == 0 || value.Models.Any(string.IsNullOrWhiteSpace))
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

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
