using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Nura.Api.Audit;
using Nura.Api.Conversations;
using Nura.Api.Gateway;
using Nura.Api.Keys;
using Nura.Api.OpenAi;
using Nura.Api.People;
using Nura.Api.Ratings;
using Nura.Api.Runs;
using Nura.Api.Sessions;
using Nura.Models;

namespace Nura.Api;

/// <summary>How what the API itself takes and answers is read and written, generated with the code as the contracts' is: compiled ahead of time, the service has nothing else.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(AskTurn))]
[JsonSerializable(typeof(AssignKey))]
[JsonSerializable(typeof(ChatCompletionAnswer))]
[JsonSerializable(typeof(ChatCompletionBody))]
[JsonSerializable(typeof(ConversationTitle))]
[JsonSerializable(typeof(CreatedKey))]
[JsonSerializable(typeof(CreateKey))]
[JsonSerializable(typeof(CreateOwnKey))]
[JsonSerializable(typeof(EmbeddingBody))]
[JsonSerializable(typeof(IReadOnlyList<AuditEntry>))]
[JsonSerializable(typeof(IReadOnlyList<BudgetStatus>))]
[JsonSerializable(typeof(IReadOnlyList<ConversationView>))]
[JsonSerializable(typeof(IReadOnlyList<KeyView>))]
[JsonSerializable(typeof(IReadOnlyList<ModelView>))]
[JsonSerializable(typeof(IReadOnlyList<RatingSum>))]
[JsonSerializable(typeof(IReadOnlyList<TurnView>))]
[JsonSerializable(typeof(IReadOnlyList<UsageSum>))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(LimitKey))]
[JsonSerializable(typeof(long?))]
[JsonSerializable(typeof(ModelEntry))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(PurgedAnswers))]
[JsonSerializable(typeof(RateTurn))]
[JsonSerializable(typeof(RouteDecision))]
[JsonSerializable(typeof(RouteHints))]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(SignInOffer))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
