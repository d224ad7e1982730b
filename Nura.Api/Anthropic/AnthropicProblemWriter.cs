using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Nura.Api.Errors;

namespace Nura.Api.Anthropic;

/// <summary>Writes errors below <c>/v1/messages</c> as Anthropic does: <c>{"type":"error","error":{"type","message"}}</c>.</summary>
internal sealed class AnthropicProblemWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => context.HttpContext.Request.Path.StartsWithSegments("/v1/messages", StringComparison.Ordinal);

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var response = context.HttpContext.Response;
        context.Complete();
        response.ContentType = "application/json";
        await response.Body.WriteAsync(Body(context.ProblemDetails), context.HttpContext.RequestAborted);
    }

    /// <summary>The error object, also used inside streams.</summary>
    public static byte[] Body(ProblemDetails problem) => new JsonObject
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = TypeOf(problem.Status ?? StatusCodes.Status500InternalServerError), ["message"] = ProblemText.Of(problem) },
    }.ToUtf8();

    /// <summary>What to say of an exception inside a stream.</summary>
    public static byte[] Body(Exception exception) =>
        Body(ErrorHandler.Describe(exception) ?? new ProblemDetails { Status = StatusCodes.Status500InternalServerError, Detail = "The answer could not be completed." });

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status402PaymentRequired => "billing_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status404NotFound => "not_found_error",
        StatusCodes.Status413PayloadTooLarge => "request_too_large",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        StatusCodes.Status503ServiceUnavailable or 529 => "overloaded_error",
        StatusCodes.Status504GatewayTimeout => "timeout_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };
}
