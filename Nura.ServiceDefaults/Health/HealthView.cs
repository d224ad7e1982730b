using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Nura.ServiceDefaults.Health;

/// <summary>What the health endpoints answer: the worst status, and that of each check.</summary>
internal sealed record HealthView(HealthStatus Status, IReadOnlyDictionary<string, HealthView.Check> Checks)
{
    internal sealed record Check(HealthStatus Status, string? Description);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(HealthView))]
internal sealed partial class HealthJsonContext : JsonSerializerContext;
