using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Nura.Hosting.Dashboard.Access;
using Nura.Hosting.Dashboard.Telemetry;

namespace Nura.Hosting.Dashboard.Otlp;

/// <summary>Receives OTLP over HTTP with protobuf bodies; the request's size limit counts after decompression too.</summary>
internal static class OtlpEndpoints
{
    /// <summary>Bytes of one request; exporters send batches of some hundred records.</summary>
    public const long MaximumRequest = 16 * 1024 * 1024;

    private const string ProtobufType = "application/x-protobuf";

    public static void MapOtlp(this IEndpointRouteBuilder routes, TelemetryStore telemetry, OtlpReader reader, string apiKey)
    {
        var group = routes.MapGroup("/v1").AddEndpointFilter(async (context, next) =>
            !Secret.Matches(apiKey, context.HttpContext.Request.Headers["x-otlp-api-key"].ToString())
                ? Results.Text("The header x-otlp-api-key is missing or wrong.", statusCode: StatusCodes.Status401Unauthorized)
                : context.HttpContext.Request.ContentType?.StartsWith(ProtobufType, StringComparison.OrdinalIgnoreCase) != true
                    ? Results.Text($"Send {ProtobufType}: set OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf.", statusCode: StatusCodes.Status415UnsupportedMediaType)
                    : await next(context));

        group.MapPost("/logs", (HttpRequest request, CancellationToken cancellationToken) =>
            ReceiveAsync(request, LogsRequest.Parser, message => telemetry.Logs.Add(reader.Read(message)), telemetry, cancellationToken));
        group.MapPost("/traces", (HttpRequest request, CancellationToken cancellationToken) =>
            ReceiveAsync(request, TracesRequest.Parser, message => telemetry.Traces.Add(reader.Read(message)), telemetry, cancellationToken));
        group.MapPost("/metrics", (HttpRequest request, CancellationToken cancellationToken) =>
            ReceiveAsync(request, MetricsRequest.Parser, message => reader.Read(message, telemetry.Metrics), telemetry, cancellationToken));
    }

    private static async Task<IResult> ReceiveAsync<T>(
        HttpRequest request, MessageParser<T> parser, Action<T> store, TelemetryStore telemetry, CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        using var body = new MemoryStream();
        try
        {
            await request.Body.CopyToAsync(body, cancellationToken);
            store(parser.ParseFrom(body.GetBuffer().AsSpan(0, (int)body.Length)));
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidDataException)
        {
            return Results.Text("The body is not an OTLP message.", statusCode: StatusCodes.Status400BadRequest);
        }

        telemetry.Changed.Raise();

        // An empty message means that everything was accepted.
        return Results.Bytes([], ProtobufType);
    }
}
