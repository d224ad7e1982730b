using Microsoft.Extensions.Options;

namespace Nura.Api.Errors;

/// <summary>What every dialect's error begins with.</summary>
internal static class ProblemCompletion
{
    /// <summary>Fills in what the status and the exception behind it say, as for every other part of the service.</summary>
    public static void Complete(this ProblemDetailsContext context)
    {
        context.ProblemDetails.Status ??= context.HttpContext.Response.StatusCode;
        context.ProblemDetails = TypedResults.Problem(context.ProblemDetails).ProblemDetails;
        context.HttpContext.RequestServices.GetRequiredService<IOptions<ProblemDetailsOptions>>().Value.CustomizeProblemDetails?.Invoke(context);
    }
}
