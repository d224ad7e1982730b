using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Nura.Tests.Databases;

namespace Nura.Tests.Api;

public sealed class OpenApiTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    [Fact(Timeout = Hang)]
    [Trait("Inside", "service")]
    public async Task Document_Operations_EqualTheRoutes()
    {
        await using var host = await ApiHost.StartAsync(database);
        var document = JsonNode.Parse(await host.Http.GetStringAsync("/openapi/v1.json"))!;

        var documented = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(method => $"{method.Key.ToUpperInvariant()} {path.Key}"));

        var served = Routes(host).Where(route => Path(route).StartsWith("/v1", StringComparison.Ordinal) || Path(route).StartsWith("/api", StringComparison.Ordinal) || Path(route).StartsWith("/model/", StringComparison.Ordinal) || Path(route).StartsWith("/webhooks/", StringComparison.Ordinal))
            .SelectMany(route => route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {Path(route)}"));
        Assert.Equal(served.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = Hang)]
    public async Task Document_Search_NamesItsFilters()
    {
        await using var host = await ApiHost.StartAsync(database);
        var document = JsonNode.Parse(await host.Http.GetStringAsync("/openapi/v1.json"))!;

        var properties = document["components"]!["schemas"]!["SearchRequest"]!["properties"]!.AsObject().Select(property => property.Key);

        Assert.Equal([], new[] { "repositories", "pathPrefix", "language", "kind", "ref", "budgetTokens", "explain" }.Except(properties));
    }

    [Fact(Timeout = Hang)]
    [Trait("Inside", "service")]
    public async Task Routes_NotMeantForEveryone_AskForAKey()
    {
        await using var host = await ApiHost.StartAsync(database);
        string[] open = ["/openapi/{documentName}.json", "/health", "/alive", "/ready", "/metrics", "/api/session"];

        var unguarded = Routes(host).Where(route => route.Metadata.GetMetadata<IAuthorizeData>() is null && route.Metadata.GetMetadata<IAllowAnonymous>() is null).Select(Path);
        var anonymous = Routes(host).Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(Path);

        Assert.Subset(open.ToHashSet(), unguarded.ToHashSet());
        Assert.DoesNotContain(anonymous, path => path.StartsWith("/v1", StringComparison.Ordinal) || (path.StartsWith("/api", StringComparison.Ordinal) && path is not ("/api/session" or "/api/session/provider")));
    }

    private static IEnumerable<RouteEndpoint> Routes(ApiHost host) => host.Service.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    // As the document writes them: without constraints, catch-alls like any other parameter.
    private static string Path(RouteEndpoint route) => "/" + string.Join('/', route.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
        _ => ".",
    }))));
}
