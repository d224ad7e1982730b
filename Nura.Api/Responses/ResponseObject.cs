using System.Text.Json.Nodes;
using Nura.Api.OpenAi;

namespace Nura.Api.Responses;

/// <summary>The response object at any moment of its making (OpenAI API reference, "The response object"). Settings are given back as they were sent.</summary>
/// <param name="id">Identity of the response.</param>
/// <param name="created">Unix time.</param>
/// <param name="model">Who answers.</param>
/// <param name="request">What was asked.</param>
internal sealed class ResponseObject(string id, long created, string model, ResponseRequest request)
{
    /// <summary>Settings that are given back, and what they are if nothing was sent.</summary>
    private static readonly (string Name, string? Usual)[] s_echoed =
    [
        ("background", "false"), ("instructions", null), ("max_output_tokens", null), ("max_tool_calls", null), ("parallel_tool_calls", "true"), ("previous_response_id", null),
        ("prompt_cache_key", null), ("reasoning", """{"effort":null,"summary":null}"""), ("safety_identifier", null), ("service_tier", "\"default\""), ("temperature", "1"),
        ("text", """{"format":{"type":"text"} }"""), ("tool_choice", "\"auto\""), ("tools", "[]"), ("top_p", "1"), ("top_logprobs", "0"), ("truncation", "\"disabled\""), ("user", null), ("metadata", "{}"),
    ];

    public JsonObject With(string status, IEnumerable<JsonObject> output, string? incomplete, EndPiece? end, bool kept)
    {
        var response = new JsonObject
        {
            ["id"] = id,
            ["object"] = "response",
            ["created_at"] = created,
            ["status"] = status,
            ["error"] = null,
            ["incomplete_details"] = incomplete is null ? null : new JsonObject { ["reason"] = incomplete },
            ["model"] = model,
            ["output"] = new JsonArray([.. output.Select(item => item.DeepClone())]),
            ["store"] = kept,
            ["usage"] = end is null ? null : Usage(end.Usage),
        };
        foreach (var (name, usual) in s_echoed)
        {
            response[name] = request.Body[name]?.DeepClone() ?? (usual is null ? null : JsonNode.Parse(usual));
        }

        if (end?.Run is { } run)
        {
            response["nura"] = new JsonObject
            {
                ["run"] = run.Run,
                ["model"] = run.Model,
                ["citations"] = new JsonArray([.. run.Citations.Select(citation => (JsonNode)citation.ToString())]),
                ["citations_removed"] = run.Removed,
            };
        }

        return response;
    }

    private static JsonObject Usage(CompletionUsage usage) => new()
    {
        ["input_tokens"] = usage.Input,
        ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = usage.CachedInput },
        ["output_tokens"] = usage.Output,
        ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = usage.Reasoning },
        ["total_tokens"] = usage.Input + usage.Output,
    };
}
