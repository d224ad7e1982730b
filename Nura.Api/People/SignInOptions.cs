using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Nura.Api.Keys;

namespace Nura.Api.People;

/// <summary>Settings of signing in with the team's identity provider (OpenID Connect). Off while there is no <see cref="Authority"/>.</summary>
/// <remarks>Where several people are meant, an entry is a group of theirs, an e-mail address (<c>ana@example.com</c>) or all addresses of a domain (<c>@example.com</c>).</remarks>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The generated validator reads ranges without reflection.")]
public sealed class SignInOptions
{
    /// <summary>Where they stand in the configuration.</summary>
    public const string Section = "Nura:Api:SignIn";

    /// <summary>The provider's issuer, such as <c>https://login.example.com/realms/team</c>; its metadata is below <c>/.well-known/openid-configuration</c> there. https, or http on this machine.</summary>
    public Uri? Authority { get; set; }

    /// <summary>What people call it; on the button.</summary>
    public string Name { get; set; } = "single sign-on";

    /// <summary>Nura's name at the provider.</summary>
    public string? ClientId { get; set; }

    /// <summary>Nura's secret at the provider; none for a public client.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>What is asked of the provider, apart by spaces. Some want one more for groups.</summary>
    public string Scope { get; set; } = "openid profile email";

    /// <summary>The claim that has a person's groups, a list of names.</summary>
    public string GroupsClaim { get; set; } = "groups";

    /// <summary>Whether only the provider's administrators give people their names and addresses. Then these count though nobody says that they are verified.</summary>
    public bool NamesAreGiven { get; set; }

    /// <summary>The audience of the provider's access tokens that are for Nura, such as <c>https://nura.example.com/mcp</c>: with it, MCP clients sign people in by themselves. Without one, access tokens are not taken.</summary>
    public string? Audience { get; set; }

    /// <summary>Where browsers find Nura, such as <c>https://nura.example.com</c>; as the request says if absent. The provider knows it with <c>/signin/callback</c> behind it.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>Who may sign in; everybody whom the provider lets in if empty.</summary>
    public IList<string> Members { get; } = [];

    /// <summary>Who is an administrator. Nobody by default: the first key is one.</summary>
    public IList<string> Administrators { get; } = [];

    /// <summary>Who is in which team, by the team's name of 1 to 200 characters; the first of the names that fits. Without any, administrators say it.</summary>
    public IDictionary<string, IList<string>> Teams { get; } = new Dictionary<string, IList<string>>();

    /// <summary>Whether somebody new may see every repository; otherwise none until an administrator says which.</summary>
    public bool SeesEverything { get; set; } = true;

    /// <summary>How long a sign-in holds. What the provider says of a person is asked anew after it.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "14.00:00:00")]
    public TimeSpan Length { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long a person's own keys work after their last sign-in: who has left the provider has left Nura by then.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "366.00:00:00")]
    public TimeSpan KeysWorkFor { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Where the client of a request finds Nura, without a slash at the end.</summary>
    internal string AddressFor(HttpRequest request) => PublicUrl?.ToString().TrimEnd('/') ?? $"{request.Scheme}://{request.Host}";

    /// <summary>A cookie's name as browsers let nobody but this host set it, where the way is safe (RFC 6265bis, 4.1.3.2; such a cookie is for the path <c>/</c>): another host of the same domain must not sign anybody in as somebody else.</summary>
    internal string CookieName(HttpRequest request, string name) => IsSafe(request) ? $"__Host-{name}" : name;

    /// <summary>The value of one of these cookies. The framework takes names for the same whatever their case; there are browsers that let other hosts set <c>__host-</c>.</summary>
    internal string? Cookie(HttpRequest request, string name)
    {
        var beginning = $"{CookieName(request, name)}=";
        return request.Headers.Cookie.SelectMany(header => header!.Split(';', StringSplitOptions.TrimEntries))
            .LastOrDefault(cookie => cookie.StartsWith(beginning, StringComparison.Ordinal))?[beginning.Length..];
    }

    /// <summary>Whether browsers have a safe way to Nura, also past a proxy that does not say so: then cookies take no other.</summary>
    internal bool IsSafe(HttpRequest request) => request.IsHttps || PublicUrl?.Scheme == Uri.UriSchemeHttps;
}

/// <summary>Checks the ranges of <see cref="SignInOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class SignInRanges : IValidateOptions<SignInOptions>;

/// <summary>Checks what of <see cref="SignInOptions"/> only holds together.</summary>
internal sealed class SignInRules : IValidateOptions<SignInOptions>
{
    public ValidateOptionsResult Validate(string? name, SignInOptions options)
    {
        if (options.Authority is not { } authority)
        {
            return ValidateOptionsResult.Success;
        }

        if (!authority.IsAbsoluteUri || (authority.Scheme != Uri.UriSchemeHttps && !(authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback)))
        {
            return ValidateOptionsResult.Fail($"{SignInOptions.Section}:{nameof(options.Authority)} is '{authority}'. Give the provider's issuer, an address with https (http only on this machine).");
        }

        if (options.PublicUrl is { } url && (!url.IsAbsoluteUri || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp)))
        {
            return ValidateOptionsResult.Fail($"{SignInOptions.Section}:{nameof(options.PublicUrl)} is '{url}'. Give the address at which browsers find Nura, such as https://nura.example.com.");
        }

        if (options.Audience is not null && options.Audience == options.ClientId)
        {
            return ValidateOptionsResult.Fail($"{SignInOptions.Section}:{nameof(options.Audience)} is the client's name, so that identity tokens, which other parties see, would be access tokens too. Give Nura an audience of its own at the provider, such as its address.");
        }

        if (options.Teams.Keys.FirstOrDefault(team => string.IsNullOrWhiteSpace(team) || team.Length > KeyEndpoints.LongestName) is { } unusable)
        {
            return ValidateOptionsResult.Fail($"{SignInOptions.Section}:{nameof(options.Teams)} has the team '{unusable}'. A team's name has 1 to {KeyEndpoints.LongestName} characters.");
        }

        return string.IsNullOrEmpty(options.ClientId)
            ? ValidateOptionsResult.Fail($"{SignInOptions.Section}:{nameof(options.ClientId)} is missing. It is Nura's name at the provider, {authority}.")
            : ValidateOptionsResult.Success;
    }
}
