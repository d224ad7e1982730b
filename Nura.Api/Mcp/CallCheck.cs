using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Nura.Api.Mcp;

/// <summary>Tells a model that calls a tool wrongly what is wrong, so that it can call again: what the protocol's library itself refuses, it refuses without a reason.</summary>
internal static class CallCheck
{
    /// <summary>A call whose arguments are looked at before the tool gets them.</summary>
    public static McpRequestHandler<CallToolRequestParams, CallToolResult> Before(McpRequestHandler<CallToolRequestParams, CallToolResult> next) => async (request, cancellationToken) =>
    {
        if (request.MatchedPrimitive is not McpServerTool { ProtocolTool: var tool })
        {
            return await next(request, cancellationToken);
        }

        if (Missing(tool, request.Params.Arguments) is { } name)
        {
            throw ToolProblems.Of($"The argument '{name}' is missing.", Takes(tool));
        }

        try
        {
            return await next(request, cancellationToken);
        }
        catch (JsonException)
        {
            throw ToolProblems.Of("An argument is of the wrong type.", Takes(tool));
        }
    };

    private static string? Missing(Tool tool, IDictionary<string, JsonElement>? arguments) =>
        tool.InputSchema.TryGetProperty("required", out var required)
            ? required.EnumerateArray().Select(name => name.GetString()!).FirstOrDefault(name => arguments is null || !arguments.TryGetValue(name, out var value) || value.ValueKind == JsonValueKind.Null)
            : null;

    private static string Takes(Tool tool) =>
        $"{tool.Name} takes {string.Join(", ", tool.InputSchema.GetProperty("properties").EnumerateObject().Select(argument => $"{argument.Name} ({argument.Value.GetProperty("type")})"))}.";
}
