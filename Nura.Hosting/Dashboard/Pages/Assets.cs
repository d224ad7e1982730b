using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Nura.Hosting.Dashboard.Pages;

/// <summary>The stylesheet, the script and the icon, embedded in this assembly.</summary>
internal static class Assets
{
    private static readonly Dictionary<string, string> s_types = new(StringComparer.Ordinal)
    {
        ["dashboard.css"] = "text/css",
        ["dashboard.js"] = "text/javascript",
        ["icon.svg"] = "image/svg+xml",
    };

    public static void MapAssets(this IEndpointRouteBuilder routes) => routes.MapGet("/assets/{name}", (string name) =>
        s_types.TryGetValue(name, out var type) && typeof(Assets).Assembly.GetManifestResourceStream($"dashboard/{name}") is { } content
            ? Results.Stream(content, $"{type}; charset=utf-8")
            : Results.NotFound());
}
