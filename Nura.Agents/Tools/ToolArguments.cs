using System.Text.Json;
using Nura.Agents.Kernel;

namespace Nura.Agents.Tools;

/// <summary>Reads what models send as arguments, which need not follow the schema.</summary>
internal static class ToolArguments
{
    public static string RequiredString(this JsonElement arguments, string name) =>
        arguments.OptionalString(name) ?? throw new ToolArgumentException($"The argument '{name}' is missing; it must be a text that is not empty.");

    public static string? OptionalString(this JsonElement arguments, string name) =>
        arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text ? text : null;

    public static bool OptionalBoolean(this JsonElement arguments, string name) =>
        arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public static int OptionalInteger(this JsonElement arguments, string name, int otherwise, int least, int most) =>
        arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var number) ? Math.Clamp(number, least, most) : otherwise;
}
