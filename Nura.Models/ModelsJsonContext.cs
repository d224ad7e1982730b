using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Nura.Models;

/// <summary>How what is kept and sent is read and written, generated with the code: in a service that is compiled ahead of time nothing else works.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CatalogFile))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(ProfileResolver.Profile))]
[JsonSerializable(typeof(RouteNote))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(UsageRow))]
internal sealed partial class ModelsJsonContext : JsonSerializerContext;
