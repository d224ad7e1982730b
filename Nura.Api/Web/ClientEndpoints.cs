using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Nura.Api.Web;

/// <summary>Serves the web client: its page on every address that is a place in it, its files under their hashed names.</summary>
internal static class ClientEndpoints
{
    // Scripts and styles from here only, no inline code, no foreign images: an answer cannot make the browser call out.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static readonly FileExtensionContentTypeProvider s_types = new();

    public static void MapClient(this IEndpointRouteBuilder routes)
    {
        var files = new ClientFiles(typeof(ClientEndpoints).Assembly);
        foreach (var place in (string[])["/", "/c/{id:guid}", "/repositories", "/usage", "/keys", "/activity", "/my-keys"])
        {
            routes.MapGet(place, (HttpContext context) => Page(context, files)).ExcludeFromDescription().AllowAnonymous();
        }

        routes.MapGet("/{file:regex(^[A-Za-z]+-[A-Z0-9]{{8}}\\.(js|css|js\\.LEGAL\\.txt)$)}", (string file, HttpContext context) =>
            Send(context, files, file, "public, max-age=31536000, immutable")).ExcludeFromDescription().AllowAnonymous();
    }

    private static IResult Page(HttpContext context, ClientFiles files)
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return files.Built
            ? Send(context, files, "index.html", "no-cache")
            : TypedResults.Text("Nura is up, but its web page was not built: Node.js with npm was missing at build time. The API works: see /openapi/v1.json.");
    }

    private static IResult Send(HttpContext context, ClientFiles files, string name, string caching)
    {
        var brotli = context.Request.GetTypedHeaders().AcceptEncoding.Any(encoding => encoding.Value == "br" && encoding.Quality is null or > 0);
        if (!files.TryGet(name, brotli, out var bytes, out var compressed))
        {
            return TypedResults.NotFound();
        }

        var headers = context.Response.Headers;
        headers.CacheControl = caching;
        headers.XContentTypeOptions = "nosniff";
        headers.Vary = HeaderNames.AcceptEncoding;
        if (compressed)
        {
            headers.ContentEncoding = "br";
        }

        return TypedResults.Bytes(bytes, s_types.TryGetContentType(name, out var type) ? type : "application/octet-stream");
    }
}
