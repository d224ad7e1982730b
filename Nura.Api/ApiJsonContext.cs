using System.Text.Json.Serialization;
using Nura.Api.Conversations;
using Nura.Api.Keys;
using Nura.Api.OpenAi;
using Nura.Api.Sessions;

namespace Nura.Api;

/// <summary>How the API's own views are written, generated with the code as the contracts' are.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(IReadOnlyList<ConversationView>))]
[JsonSerializable(typeof(IReadOnlyList<KeyView>))]
[JsonSerializable(typeof(IReadOnlyList<TurnView>))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(SessionView))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
