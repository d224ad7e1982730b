using System.Text.Json;

namespace Nura.Models;

/// <summary>Turns what goes wrong between us and a provider into the one exception callers know.</summary>
internal static class UpstreamFailure
{
    /// <summary>The failure to throw, or <see langword="null"/> if the exception is not the provider's (the caller gave up, or it is a <see cref="ModelException"/> already).</summary>
    public static ModelException? Of(Exception exception, ModelInfo model, Patience patience) => exception switch
    {
        ModelException => null,
        OperationCanceledException when patience.IsOver => TooSlow(model, patience.Limit, exception),
        OperationCanceledException => null,
        _ when IsGarbage(exception) => Garbage(model, exception),
        // A wrong checksum or a cut event is a broken stream, whatever broke it.
        InvalidDataException => BrokenOff(model, exception),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } => Unreachable(model, exception),
        HttpRequestException or IOException => BrokenOff(model, exception),
        _ => null,
    };

    /// <summary>Whether an answer was no JSON, or not the expected one.</summary>
    /// <remarks>The library marks texts that are no Unicode and values of another kind than was asked for, and nothing else, by that source.</remarks>
    public static bool IsGarbage(Exception exception) => exception is JsonException or InvalidOperationException { Source: "System.Text.Json.Rethrowable" };

    public static ModelException Garbage(ModelInfo model, Exception? inner = null) =>
        new($"The provider of '{model.Id}' answered something that is not the expected JSON.", 502, isRetryable: true, inner) { Code = "invalid_upstream_answer" };

    public static ModelException BrokenOff(ModelInfo model, Exception? inner = null) =>
        new($"The provider of '{model.Id}' ended its answer before it was complete.", 502, isRetryable: true, inner) { Code = "upstream_broken_off" };

    /// <summary>The provider does not accept Nura itself. The caller's own key was good, so the caller's client must not take this for its own 401.</summary>
    /// <param name="model">The model asked.</param>
    /// <param name="where">Where its credentials come from.</param>
    /// <param name="status">What the provider answered.</param>
    /// <param name="said">What it said.</param>
    public static ModelException CredentialsRefused(ModelInfo model, string where, int status, string said) =>
        new(
            $"The provider of '{model.Id}' refused the credentials that Nura has for it ({status}); your own key is not the reason. An administrator should check {where}.{(said.Length == 0 ? "" : $" It said: {said}")}",
            502,
            isRetryable: false)
        {
            Code = "provider_credentials_refused",
            UpstreamMessage = said,
        };

    private static ModelException Unreachable(ModelInfo model, Exception inner) =>
        new($"The provider of '{model.Id}' cannot be reached: {inner.Message}", 503, isRetryable: true, inner) { Code = "upstream_unreachable" };

    private static ModelException TooSlow(ModelInfo model, TimeSpan limit, Exception inner) =>
        new($"The provider of '{model.Id}' gave no sign of life for {limit.TotalSeconds:0} seconds.", 504, isRetryable: true, inner) { Code = "upstream_timeout" };
}
