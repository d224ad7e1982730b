using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Nura.Tests.Api;

/// <summary>A browser as far as a sign-in needs one: it keeps cookies and goes where it is sent.</summary>
internal sealed class Visitor(Uri nura) : IDisposable
{
    private const int MostHops = 10;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }, disposeHandler: true) { BaseAddress = nura, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Where the sign-in begins: the provider's address.</summary>
    public async Task<Uri> BeginAsync(string to = "/", bool again = false)
    {
        using var response = await _http.GetAsync($"/signin?to={Uri.EscapeDataString(to)}{(again ? "&again=true" : "")}");
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return new Uri(nura, response.Headers.Location!);
    }

    /// <summary>Goes on from there until a page is shown, or somebody else takes over.</summary>
    /// <param name="address">Where to begin.</param>
    /// <param name="until">Where somebody else takes over.</param>
    /// <returns>Path, query and fragment of where it ends.</returns>
    public async Task<string> FollowAsync(Uri address, Uri? until = null)
    {
        for (var hop = 0; hop < MostHops; hop++)
        {
            using var response = await _http.GetAsync(address);
            if (response.StatusCode is not (HttpStatusCode.Redirect or HttpStatusCode.SeeOther))
            {
                return address.PathAndQuery + address.Fragment;
            }

            address = new Uri(address, response.Headers.Location!);
            if (until is not null && address.GetLeftPart(UriPartial.Path) == until.ToString())
            {
                return address.PathAndQuery;
            }
        }

        throw new InvalidOperationException($"Sent around in circles, lastly to {address}.");
    }

    /// <summary>Signs in as somebody whom the provider knows.</summary>
    /// <returns>Path and fragment of the page that it leads to.</returns>
    public async Task<string> SignInAsync(string person, string to = "/") => await FollowAsync(new Uri($"{await BeginAsync(to)}&login_hint={person}"));

    /// <summary>Asks as the web client does.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> AskAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { { "x-nura-client", "web" } }, Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public void Dispose() => _http.Dispose();
}
