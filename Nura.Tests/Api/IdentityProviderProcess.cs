using System.Diagnostics;
using System.Text.Json;
using Nura.Tests.Models;

namespace Nura.Tests.Api;

/// <summary>A certified OpenID Connect provider (<c>tools/clients/provider.mjs</c>) with people of our choosing.</summary>
internal sealed class IdentityProviderProcess : IAsyncDisposable
{
    public const string ClientId = "nura";
    /// <summary>What access tokens of it are for, whatever address of Nura's a client names: that is known only once Nura listens.</summary>
    public const string Audience = "https://nura.example/mcp";

    public const string ClientSecret = "a secret with & and = and % in it";

    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("nura-people-").FullName, "people.json");
    private Process? _process;

    /// <summary>Its issuer.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Settings with which the API knows it.</summary>
    public (string Key, string? Value)[] Settings =>
    [
        ("Nura:Api:SignIn:Authority", Url), ("Nura:Api:SignIn:ClientId", ClientId), ("Nura:Api:SignIn:ClientSecret", ClientSecret),
        ("Nura:Api:SignIn:Name", "Example"), ("Nura:Api:SignIn:Scope", "openid profile email groups"),
    ];

    public static async Task<IdentityProviderProcess> StartAsync(params (string Name, string? Email, bool Verified, string[] Groups)[] people)
    {
        var provider = new IdentityProviderProcess();
        provider.Has(people);
        (provider._process, provider.Url) = await NodeClients.ServeAsync("provider.mjs", provider._file, ClientId, ClientSecret, Audience);
        return provider;
    }

    /// <summary>Changes who there is; from the next sign-in on.</summary>
    public void Has(params (string Name, string? Email, bool Verified, string[] Groups)[] people) =>
        File.WriteAllText(_file, JsonSerializer.Serialize(people.ToDictionary(person => person.Name, person => new { email = person.Email, email_verified = person.Verified, groups = person.Groups })));

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
    }
}
