using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

namespace Nura.Api.Errors;

/// <summary>Writes errors below <c>/v1</c> as OpenAI does: <c>{"error":{"message","type","param","code"}}</c>.</summary>
internal sealed class OpenAiProblemWriter : IProblemDetailsWriter
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool CanWrite(ProblemDetailsContext context) => context.HttpContext.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal);

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var response = context.HttpContext.Response;
        context.Complete();
        response.ContentType = "application/json";
        await response.Body.WriteAsync(Body(context.ProblemDetails), context.HttpContext.RequestAborted);
    }

    /// <summary>The error object, also used inside streams.</summary>
    public static byte[] Body(ProblemDetails problem)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_json))
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            json.WriteString("message", ProblemText.Of(problem));
            json.WriteString("type", TypeOf(problem.Status ?? StatusCodes.Status500InternalServerError));
            WriteText(json, ErrorHandler.Parameter, problem);
            WriteText(json, ErrorHandler.Code, problem);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    private static void WriteText(Utf8JsonWriter json, string name, ProblemDetails problem)
    {
        if (problem.Extensions.TryGetValue(name, out var value) && value is string text)
        {
            json.WriteString(name, text);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
