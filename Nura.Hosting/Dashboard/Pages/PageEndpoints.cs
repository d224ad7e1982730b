using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Nura.Hosting.Dashboard.Access;
using Nura.Hosting.Dashboard.Resources;
using Nura.Hosting.Dashboard.Telemetry;

namespace Nura.Hosting.Dashboard.Pages;

/// <summary>Which page is where.</summary>
internal sealed class PageEndpoints(string application, ResourceFeed resources, TelemetryStore telemetry, Gate gate, TimeProvider time)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", (HttpRequest request) => Page(request, "Resources", ResourcesPage.Render(resources.All(), null, gate.FormToken)));
        routes.MapGet("/resources/{id}", (HttpRequest request, string id) => Page(request, id, ResourcesPage.Render(resources.All(), id, gate.FormToken)));
        routes.MapGet("/console", (HttpRequest request) => Page(request, "Console", ConsolePage.Render(resources.All(), $"{request.Query["resource"]}", gate.FormToken)));
        routes.MapGet("/logs", (HttpRequest request) => Page(request, "Structured logs", StructuredLogsPage.Render(telemetry, request.Query)));
        routes.MapGet("/traces", (HttpRequest request) => Page(request, "Traces", TracesPage.Render(telemetry, request.Query)));
        routes.MapGet("/traces/{id}", (HttpRequest request, string id) => Page(request, "Trace", telemetry.Traces.Find(id) is { } trace ? TracePage.Render(trace) : TracePage.Missing(id)));
        routes.MapGet("/metrics", (HttpRequest request) => Page(request, "Metrics", MetricsPage.Render(telemetry, request.Query, time)));
        routes.MapFallback((HttpRequest request) => Page(
            request, "Not found", Show.Empty("There is no such page", "Choose one from the navigation."), StatusCodes.Status404NotFound));
    }

    /// <summary>Says that a page could not be made; the reason goes to the AppHost's log.</summary>
    public static Task WriteFailureAsync(HttpContext context, string application, Action<Exception, string> log)
    {
        if (context.Features.Get<IExceptionHandlerPathFeature>() is { } failure)
        {
            log(failure.Error, failure.Path);
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(
            Layout.Plain(application, "Failed", Html.Of($"""<h1>This page could not be shown</h1><p>The AppHost's console says why.</p><p><a href="/">Resources</a></p>""")).ToString(),
            context.RequestAborted);
    }

    private IResult Page(HttpRequest request, string title, Html main, int status = StatusCodes.Status200OK) => Results.Content(
        Layout.Page(application, title, request.Path.Value ?? "/", main).ToString(), "text/html; charset=utf-8", statusCode: status);
}
