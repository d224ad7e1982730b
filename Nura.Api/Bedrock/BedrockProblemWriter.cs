using System.Buffers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Nura.Api.Errors;
using Nura.Models;

namespace Nura.Api.Bedrock;

/// <summary>Writes errors below <c>/model</c> as Bedrock does: the type in <c>x-amzn-errortype</c>, the words in <c>message</c>.</summary>
internal sealed class BedrockProblemWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => context.HttpContext.Request.Path.StartsWithSegments("/model", StringComparison.Ordinal);

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var response = context.HttpContext.Response;
        context.Complete();
        var (status, type) = TypeOf(context.ProblemDetails, context.Exception);
        response.StatusCode = status;
        response.Headers["x-amzn-errortype"] = type;
        response.ContentType = "application/json";
        await new JsonObject { ["message"] = Message(context.ProblemDetails, context.Exception) }.SendAsync(response, context.HttpContext.RequestAborted);
    }

    /// <summary>The event that says why a stream ends early.</summary>
    public static void WriteException(IBufferWriter<byte> output, Exception exception)
    {
        var problem = ErrorHandler.Describe(exception) ?? new ProblemDetails { Status = StatusCodes.Status500InternalServerError, Detail = "The answer could not be completed." };
        var (status, type) = TypeOf(problem, exception);
        // Only these may stand in a stream (API reference, "ConverseStream").
        var inStream = type switch
        {
            "ThrottlingException" => "throttlingException",
            "ValidationException" => "validationException",
            "ServiceUnavailableException" => "serviceUnavailableException",
            "InternalServerException" => "internalServerException",
            _ => "modelStreamErrorException",
        };
        EventFrameWriter.WriteException(output, inStream, new JsonObject { ["message"] = Message(problem, exception), ["originalStatusCode"] = status }.ToUtf8());
    }

    /// <summary>What Bedrock itself said is passed on word for word: clients look for its wording.</summary>
    private static string Message(ProblemDetails problem, Exception? exception) =>
        exception is ModelException { UpstreamMessage: { Length: > 0 } said, Status: < 500 } ? said : ProblemText.Of(problem);

    private static (int Status, string Type) TypeOf(ProblemDetails problem, Exception? exception)
    {
        var status = problem.Status ?? StatusCodes.Status500InternalServerError;
        var code = (exception as ModelException)?.Code ?? (exception as RequestException)?.Code;
        return code switch
        {
            // Throttled calls are made again at once, and a budget does not come back for that.
            "budget_exceeded" => (StatusCodes.Status400BadRequest, "ServiceQuotaExceededException"),
            { } given when given.EndsWith("Exception", StringComparison.Ordinal) => (status, char.ToUpperInvariant(given[0]) + given[1..]),
            // Official clients make a call again that failed with 5xx; this one would fail again.
            _ when status >= 500 && exception is ModelException { IsRetryable: false } => (StatusCodes.Status424FailedDependency, "ModelErrorException"),
            _ => status switch
            {
                // AWS answers 403 to whoever is not known, too.
                StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden => (StatusCodes.Status403Forbidden, "AccessDeniedException"),
                StatusCodes.Status404NotFound => (status, "ResourceNotFoundException"),
                StatusCodes.Status408RequestTimeout or StatusCodes.Status504GatewayTimeout => (StatusCodes.Status408RequestTimeout, "ModelTimeoutException"),
                StatusCodes.Status424FailedDependency => (status, "ModelErrorException"),
                StatusCodes.Status429TooManyRequests => (status, "ThrottlingException"),
                StatusCodes.Status503ServiceUnavailable => (status, "ServiceUnavailableException"),
                >= 500 => (StatusCodes.Status500InternalServerError, "InternalServerException"),
                StatusCodes.Status413PayloadTooLarge => (status, "ValidationException"),
                _ => (StatusCodes.Status400BadRequest, "ValidationException"),
            },
        };
    }
}
