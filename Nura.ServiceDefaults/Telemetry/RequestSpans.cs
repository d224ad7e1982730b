using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Nura.ServiceDefaults.Health;

namespace Nura.ServiceDefaults.Telemetry;

/// <summary>
/// Completes the web server's spans: .NET 10 names them all alike and leaves out route and status, which OpenTelemetry's HTTP conventions
/// ask for. Probes and scrapes are taken out; their children follow the parent's decision.
/// </summary>
/// <remarks>A startup filter, because short-circuited endpoints answer from within routing, before an application's own middleware.</remarks>
internal sealed class RequestSpans : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(static async (context, rest) =>
        {
            var span = Activity.Current;
            if (span is not null && HealthEndpoints.Paths.Contains(context.Request.Path.Value, StringComparer.OrdinalIgnoreCase))
            {
                span.IsAllDataRequested = false;
                span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            }

            await rest(context);
            if (span is { IsAllDataRequested: true })
            {
                Complete(span, context);
            }
        });
        next(app);
    };

    private static void Complete(Activity span, HttpContext context)
    {
        // The exception handler clears the endpoint and keeps it here.
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        var method = span.GetTagItem("http.request.method") is string and not "_OTHER" ? context.Request.Method.ToUpperInvariant() : "HTTP";
        if (endpoint?.Metadata.GetMetadata<IRouteDiagnosticsMetadata>()?.Route is { } route)
        {
            span.SetTag("http.route", route);
            span.DisplayName = $"{method} {route}";
        }
        else
        {
            span.DisplayName = method;
        }

        var status = context.Response.StatusCode;
        span.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            span.SetStatus(ActivityStatusCode.Error);
            span.SetTag("error.type", context.Features.Get<IExceptionHandlerFeature>()?.Error.GetType().FullName ?? $"{status}");
        }
    }
}
