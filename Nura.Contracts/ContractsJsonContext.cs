using System.Text.Json.Serialization;

namespace Nura.Contracts;

/// <summary>How the contracts are read and written, generated with the code: a service that worked it out by reflection would compile it while it starts.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(AddRef))]
[JsonSerializable(typeof(AddRepository))]
[JsonSerializable(typeof(EmbeddingStatus))]
[JsonSerializable(typeof(GrepAnswer))]
[JsonSerializable(typeof(GrepRequest))]
[JsonSerializable(typeof(IndexProgress))]
[JsonSerializable(typeof(IReadOnlyList<AgentView>))]
[JsonSerializable(typeof(IReadOnlyList<FileIssue>))]
[JsonSerializable(typeof(IReadOnlyList<FileLines>))]
[JsonSerializable(typeof(IReadOnlyList<Guid>))]
[JsonSerializable(typeof(IReadOnlyList<RepositoryView>))]
[JsonSerializable(typeof(ProblemException.Body))]
[JsonSerializable(typeof(PushAnswer))]
[JsonSerializable(typeof(ReadFile))]
[JsonSerializable(typeof(ReferenceAnswer))]
[JsonSerializable(typeof(ReferenceRequest))]
[JsonSerializable(typeof(ResolveCitations))]
[JsonSerializable(typeof(RetrievalEvaluation))]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(RunView))]
[JsonSerializable(typeof(SearchAnswer))]
[JsonSerializable(typeof(SearchRequest))]
[JsonSerializable(typeof(StartRun))]
[JsonSerializable(typeof(SymbolAnswer))]
[JsonSerializable(typeof(SymbolRequest))]
[JsonSerializable(typeof(Webhook))]
internal sealed partial class ContractsJsonContext : JsonSerializerContext;
