using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Nura.Contracts;
using Nura.Models;

namespace Nura.Api.Errors;

/// <summary>Gives the exceptions of our own their status and words; the dialect's writer gives them their shape.</summary>
internal sealed class ErrorHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public const string Code = "code";
    public const string Parameter = "param";

    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(2);

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (Describe(exception) is not { } described)
        {
            return false;
        }

        var response = httpContext.Response;
        response.StatusCode = described.Status!.Value;
        var wait = (exception as ModelException)?.RetryAfter ?? (exception as RequestException)?.RetryAfter ?? (described.Status == StatusCodes.Status503ServiceUnavailable ? s_soon : null);
        if (wait is { } delay)
        {
            response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
        }

        if (exception is ModelException { IsRetryable: false })
        {
            // Official clients would try a 5xx again twice.
            response.Headers["x-should-retry"] = "false";
        }

        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = described, Exception = exception });
    }

    /// <summary>The exception in words for the caller, or <see langword="null"/> if it is a defect whose words are for the log.</summary>
    public static ProblemDetails? Describe(Exception exception) => exception switch
    {
        RequestException request => With(request.Status, request.Message, null, request.Code, request.Parameter),
        ProblemException problem => With(problem.Status, problem.Title, problem.Detail, null, null),
        _ when IsBadText(exception) => With(StatusCodes.Status400BadRequest, "A text in the body is not valid Unicode: it holds half of a surrogate pair, or bytes that are no UTF-8.", null, "invalid_json", null),
        ModelException model => With(model.Status, "The model could not answer.", model.Message, model.Code, null),
        _ => null,
    };

    /// <summary>Whether an exception says that a JSON text cannot be read as a string: JSON's grammar allows what Unicode does not. The library marks these, and no others, so.</summary>
    public static bool IsBadText(Exception exception) => exception is InvalidOperationException { Source: "System.Text.Json.Rethrowable" };

    private static ProblemDetails With(int status, string title, string? detail, string? code, string? parameter)
    {
        var problem = new ProblemDetails { Status = status, Title = title, Detail = detail };
        if (code is not null)
        {
            problem.Extensions[Code] = code;
        }

        if (parameter is not null)
        {
            problem.Extensions[Parameter] = parameter;
        }

        return problem;
    }
}
