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
        JsonException => Garbage(model, exception),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } => Unreachable(model, exception),
        HttpRequestException or IOException => BrokenOff(model, exception),
        _ => null,
    };

    public static ModelException Garbage(ModelInfo model, Exception? inner = null) =>
        new($"The provider of '{model.Id}' answered something that is not the expected JSON.", 502, isRetryable: true, inner) { Code = "invalid_upstream_answer" };

    public static ModelException BrokenOff(ModelInfo model, Exception? inner = null) =>
        new($"The provider of '{model.Id}' ended its answer before it was complete.", 502, isRetryable: true, inner) { Code = "upstream_broken_off" };

    private static ModelException Unreachable(ModelInfo model, Exception inner) =>
        new($"The provider of '{model.Id}' cannot be reached: {inner.Message}", 503, isRetryable: true, inner) { Code = "upstream_unreachable" };

    private static ModelException TooSlow(ModelInfo model, TimeSpan limit, Exception inner) =>
        new($"The provider of '{model.Id}' gave no sign of life for {limit.TotalSeconds:0} seconds.", 504, isRetryable: true, inner) { Code = "upstream_timeout" };
}
