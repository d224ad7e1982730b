using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nura.Manifests.Helm;

/// <summary>
/// values.schema.json: the part that is the same for every chart is a file; the names come from the chart's own values,
/// so that a misspelt workload, parameter or setting fails the installation instead of being ignored.
/// </summary>
internal static class ChartSchema
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, NewLine = "\n" };

    public static string For(OrderedDictionary<string, object?> values)
    {
        var schema = JsonNode.Parse(ChartResources.Read("values.schema.json"))!.AsObject();
        var definitions = schema["definitions"]!;
        var workload = definitions["workload"]!["properties"]!.AsObject();
        foreach (var (name, setting) in definitions["settings"]!["properties"]!.AsObject())
        {
            workload[name] = setting!.DeepClone();
        }

        var properties = schema["properties"]!;
        Name(properties["workloads"]!, values["workloads"], "workload");
        Name(properties["addresses"]!, values["addresses"], "address");
        Name(properties["secrets"]!["properties"]!["keys"]!, ((IDictionary<string, object?>)values["secrets"]!)["keys"], "secretKey");
        Name(properties["parameters"]!, values["parameters"], null);
        Name(properties["connectionStrings"]!, values["connectionStrings"], null);
        return schema.ToJsonString(s_indented) + "\n";
    }

    private static void Name(JsonNode section, object? names, string? definition)
    {
        var properties = section["properties"]!.AsObject();
        foreach (var name in ((IDictionary<string, object?>)names!).Keys)
        {
            properties[name] = definition is null
                ? new JsonObject { ["type"] = "string" }
                : new JsonObject { ["$ref"] = "#/definitions/" + definition };
        }
    }
}
