using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Nura.ServiceDefaults.Problems;

/// <summary>Writes problem details whatever the client said it accepts: an error in an unexpected type is better than an empty one.</summary>
internal sealed class AnyAcceptProblemWriter(IOptions<JsonOptions> json) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var response = context.HttpContext.Response;
        context.ProblemDetails.Status ??= response.StatusCode;
        // Creating the result fills in the standard type and title of the status.
        context.ProblemDetails = TypedResults.Problem(context.ProblemDetails).ProblemDetails;
        ProblemsExtensions.Customize(context);
        await response.WriteAsJsonAsync(
            context.ProblemDetails, json.Value.SerializerOptions.GetTypeInfo(typeof(ProblemDetails)), "application/problem+json", context.HttpContext.RequestAborted);
    }
}
