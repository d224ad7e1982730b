using System.Buffers;
using System.Globalization;
using System.Text;
using Nura.Models;

namespace Nura.Api.Gateway;

/// <summary>What Nura says beside an answer: which model gave it, why that one, and what it cost. Headers as far as it is known when they leave.</summary>
internal sealed class AnswerNotes
{
    public const string ModelHeader = "x-nura-model";
    public const string RouteHeader = "x-nura-route";
    public const string CostHeader = "x-nura-cost";

    private Func<(string? Model, string? Route)> _read = static () => (null, null);

    private readonly HttpContext _http;

    private AnswerNotes(HttpContext http) => _http = http;

    /// <summary>What the calls came to.</summary>
    public Receipt Receipt { get; } = new();

    /// <summary>US dollars if they are not on the receipt: an agent's.</summary>
    public decimal? AgentCost { get; set; }

    /// <summary>US dollars; <see langword="null"/> if unknown.</summary>
    public decimal? Cost => AgentCost ?? (Receipt.Model is null ? null : Receipt.Cost);

    /// <summary>Notes that become headers of this response.</summary>
    /// <param name="http">The request; nothing of the response may have left.</param>
    public static AnswerNotes For(HttpContext http)
    {
        var notes = new AnswerNotes(http);
        http.Response.OnStarting(() =>
        {
            var (model, route) = notes._read();
            Set(http.Response.Headers, ModelHeader, model);
            Set(http.Response.Headers, RouteHeader, route);
            return Task.CompletedTask;
        });
        return notes;
    }

    /// <summary>Begins a response of which everything is known but the body.</summary>
    /// <param name="response">The response.</param>
    /// <param name="status">Its status.</param>
    /// <param name="contentType">Of its body.</param>
    /// <param name="named">The model that the caller named.</param>
    /// <param name="first">What was asked first: itself, or what replaces it.</param>
    /// <param name="answered">Id of the model that answers.</param>
    public static void Begin(HttpResponse response, int status, string contentType, ModelInfo named, ModelInfo first, string answered)
    {
        response.StatusCode = status;
        response.ContentType = contentType;
        response.Headers[ModelHeader] = answered;
        response.Headers[RouteHeader] = Route(response.HttpContext, named, first, answered);
    }

    /// <summary>The caller has named a model, or had one chosen (<see cref="AutoModel"/>).</summary>
    /// <param name="named">That model.</param>
    /// <param name="first">What is asked first: itself, or what replaces it.</param>
    public void AskedFor(ModelInfo named, ModelInfo first) =>
        _read = () => Receipt.Model is { } answered ? (answered, Route(_http, named, first, answered)) : (null, null);

    /// <summary>The router has chosen.</summary>
    /// <param name="note">Its reasons.</param>
    public void Chosen(RouteNote note) => _read = () => (note.Chosen, note.ToHeader());

    /// <summary>Tells the cost of an answer that was not streamed.</summary>
    public void SetCost(HttpResponse response) => SetCost(response, Cost);

    /// <inheritdoc cref="SetCost(HttpResponse)"/>
    /// <param name="response">The response.</param>
    /// <param name="cost">US dollars; <see langword="null"/> if unknown.</param>
    public static void SetCost(HttpResponse response, decimal? cost) => Set(response.Headers, CostHeader, cost is { } known ? Text(known) : null);

    /// <summary>Tells the cost at the end of a stream, as a comment: clients pass over it (WHATWG HTML, section 9.2.6).</summary>
    public void WriteCost(IBufferWriter<byte> output) => WriteCost(output, Cost);

    /// <inheritdoc cref="WriteCost(IBufferWriter{byte})"/>
    /// <param name="output">The stream.</param>
    /// <param name="cost">US dollars; <see langword="null"/> if unknown.</param>
    public static void WriteCost(IBufferWriter<byte> output, decimal? cost)
    {
        if (cost is { } known)
        {
            Encoding.ASCII.GetBytes($": {CostHeader} {Text(known)}\n\n", output);
        }
    }

    /// <summary>Dollars without an exponent and without zeros at the end.</summary>
    public static string Text(decimal cost) => cost.ToString("0.############", CultureInfo.InvariantCulture);

    private static string Route(HttpContext http, ModelInfo named, ModelInfo first, string answered) =>
        http.Features.Get<RouteDecision>() is { } decision ? RouteNote.Of(decision, answered).ToHeader() : RouteNote.AskedFor(named, first, answered);

    private static void Set(IHeaderDictionary headers, string name, string? value)
    {
        if (value is not null)
        {
            headers[name] = value;
        }
    }
}
