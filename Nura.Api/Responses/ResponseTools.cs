using System.Text.Json;
using System.Text.Json.Nodes;
using Nura.Api.OpenAi;

namespace Nura.Api.Responses;

/// <summary>
/// The tools of a request (OpenAI API reference, "Responses", <c>tools</c>) as functions that models can call. A model knows each by one name, where a caller may have grouped them in
/// namespaces, as coding tools do with those of an MCP server; and it answers with JSON, where a custom tool takes a text.
/// </summary>
internal sealed class ResponseTools
{
    /// <summary>The field that holds the text of a custom tool's call.</summary>
    public const string CustomInput = "input";

    /// <summary>Longest name that the providers take.</summary>
    private const int LongestName = 64;

    private readonly Dictionary<string, NamedTool> _byFunction = [];
    private readonly List<JsonObject> _functions = [];

    /// <summary>Reads the tools. Offers of hosted services are left out: a model that is not offered them does without.</summary>
    /// <param name="tools">The request's list; <see langword="null"/> if it has none.</param>
    /// <exception cref="Errors.RequestException">A field is of the wrong type.</exception>
    public ResponseTools(JsonElement? tools)
    {
        foreach (var tool in tools?.EnumerateArray() ?? default)
        {
            if (tool.Text("type") != "namespace")
            {
                Add(tool, null, null);
                continue;
            }

            // What is said of all of them is told with the first.
            var about = tool.Text("description");
            foreach (var member in tool.Field("tools", JsonValueKind.Array)?.EnumerateArray() ?? default)
            {
                if (Add(member, tool.Text("name"), about))
                {
                    about = null;
                }
            }
        }
    }

    /// <summary>The tools in the shape of chat completions.</summary>
    public IReadOnlyList<JsonObject> Functions => _functions;

    /// <summary>The tool that a model means.</summary>
    /// <param name="function">The function's name in the model's call.</param>
    /// <returns>The tool; for a name that was not offered, one of that name.</returns>
    public NamedTool Called(string function) => _byFunction.GetValueOrDefault(function) ?? new NamedTool(null, function, IsCustom: false);

    /// <summary>The name by which models know a tool.</summary>
    /// <param name="group">Its namespace, if it is in one.</param>
    /// <param name="name">Its name there.</param>
    public static string FunctionName(string? group, string name)
    {
        // A tool without a name is refused as such.
        if (string.IsNullOrEmpty(group) || name.Length == 0)
        {
            return name;
        }

        var whole = $"{group}__{name}";
        // The end tells tools of one namespace apart.
        return whole.Length <= LongestName ? whole : whole[^LongestName..];
    }

    private bool Add(JsonElement tool, string? group, string? about)
    {
        var (type, name, description) = (tool.Text("type"), tool.Text("name") ?? "", tool.Text("description"));
        if (type is not ("function" or "custom"))
        {
            return false;
        }

        var function = new JsonObject { ["name"] = FunctionName(group, name) };
        if (type == "custom")
        {
            // The text goes into the one field of a function, and its grammar is told in words.
            var grammar = tool.Field("format") is { ValueKind: JsonValueKind.Object } format && format.Field("definition") is { } definition ? $"\n\nThe input follows this grammar:\n{definition}" : "";
            description = $"{description}{grammar}";
            function["parameters"] = JsonNode.Parse($$"""{"type":"object","properties":{"{{CustomInput}}":{"type":"string"} },"required":["{{CustomInput}}"]}""");
        }
        else
        {
            function["parameters"] = tool.Field("parameters") is { } parameters ? JsonNode.Parse(parameters.GetRawText()) : null;
        }

        function["description"] = string.IsNullOrEmpty(about) ? description : $"{group}: {about}\n\n{description}";
        _functions.Add(new JsonObject { ["type"] = "function", ["function"] = function });
        _byFunction[(string)function["name"]!] = new NamedTool(group, name, type == "custom");
        return true;
    }
}
