using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Nura.ServiceDefaults.Problems;

internal static class ProblemsExtensions
{
    public static void AddProblems(this IHostApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = Customize);

        // After the framework's own writer, which stays silent when the client accepts, say, an event stream only.
        builder.Services.AddSingleton<IProblemDetailsWriter, AnyAcceptProblemWriter>();

        // In production the framework answers a body it cannot bind with a bare 400; thrown, it comes with a reason.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            // Handlers that services register themselves come first; this is what is left.
            StatusCodeSelector = exception => Problem.Of(exception)?.Status ?? StatusCodes.Status500InternalServerError,
            SuppressDiagnosticsCallback = context => Problem.Of(context.Exception) is { IsServerFault: false },
        });
        app.UseStatusCodePages();
    }

    public static void Customize(ProblemDetailsContext context)
    {
        var details = context.ProblemDetails;
        if (Activity.Current is { } activity)
        {
            // The id to search for in the dashboard or in the logs.
            details.Extensions["traceId"] = activity.TraceId.ToHexString();
        }

        var exception = context.Exception ?? context.HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error;
        if (exception is not null && Problem.Of(exception) is { } problem)
        {
            details.Detail ??= problem.Detail;
            if (exception is BadHttpRequestException)
            {
                // The rest of the body may be unread, and after malformed JSON .NET 10 leaves the connection's reader in a state
                // in which the next request on it fails.
                context.HttpContext.Response.Headers.Connection = "close";
            }

            if (problem.RetryAfter is { } delay)
            {
                context.HttpContext.Response.Headers.RetryAfter = delay.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
            }
        }

        if (exception is null)
        {
            details.Detail ??= BadAddress.Describe(context.HttpContext, details.Status);
        }

        if (details.Status == StatusCodes.Status415UnsupportedMediaType)
        {
            // Refused before any of our code, and without a word of what is wanted. curl says otherwise unless told.
            details.Detail ??= "Send the body as JSON, with the header 'Content-Type: application/json'.";
        }
    }
}
