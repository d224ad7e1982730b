using Nura.AppHost;

var builder = DistributedApplication.CreateBuilder(args);

// Region and profile for Bedrock and SageMaker; nothing is required to start.
var aws = builder.AddAWSSDKConfig().WithRegion(builder.Configuration["AWS:Region"] ?? "us-east-1");

// Made on first run and kept in the user secrets, outside git.
var apiKey = builder.AddParameter("api-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);

var postgres = builder.AddPostgres("postgres")
    .WithImage("pgvector/pgvector", "pg17")
    .WithDataVolume("nura-postgres")
    .WithLifetime(ContainerLifetime.Persistent);
var database = postgres.AddDatabase("nura");
var cache = builder.AddRedis("cache").WithDataVolume("nura-cache");

var rag = builder.AddProject<Projects.Nura_Rag>("rag")
    .WithReference(database).WaitFor(database)
    .WithReference(aws)
    .WithRepositories()
    .WithDataFolder("Nura:Rag:MirrorDirectory", "mirrors")
    .WithDataFolder("Nura:Models:UsageDirectory", "usage")
    .WithHttpHealthCheck("/health", endpointName: "http");

var agents = builder.AddProject<Projects.Nura_Agents>("agents")
    .WithReference(database).WaitFor(database)
    .WithReference(cache, optional: true)
    .WithReference(rag)
    .WithReference(aws)
    .WithDataFolder("Nura:Models:UsageDirectory", "usage")
    .WithHttpHealthCheck("/health", endpointName: "http");

// Services start side by side; the API is healthy once those behind it are.
var api = builder.AddProject<Projects.Nura_Api>("api")
    .WithExternalHttpEndpoints()
    .WithReference(database).WaitFor(database)
    .WithReference(cache, optional: true)
    .WithReference(agents)
    .WithReference(rag)
    .WithReference(aws)
    .WithDataFolder("Nura:Models:UsageDirectory", "usage")
    .WithEnvironment("Nura__Api__Key", apiKey)
    // Read by the runtime before any code of ours runs (docs/decisions/0018).
    .WithEnvironment("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1")
    .WithSigningSecret()
    .WithHttpHealthCheck("/health", endpointName: "http")
    .WithHealthOf(rag, agents)
    .WithUrlForEndpoint("http", url => url.DisplayText = "Chat")
    .OnResourceReady((api, _, cancellationToken) => Welcome.WriteAsync(api.GetEndpoint("http"), apiKey.Resource, cancellationToken));

// GPU model server: part of the cluster, not of a laptop. To those who call models it is one more OpenAI-compatible server.
if (builder.ExecutionContext.IsPublishMode)
{
    const string Model = "Qwen/Qwen3-Coder-30B-A3B-Instruct";
    var llm = builder.AddContainer("llm-processor", "vllm/vllm-openai", "v0.11.0")
        .WithArgs("--model", Model)
        .WithHttpEndpoint(targetPort: 8000, name: "http")
        .WithVolume("llm-models", "/models");
    foreach (var caller in (IResourceBuilder<ProjectResource>[])[api, agents, rag])
    {
        caller.WithEnvironment("Nura__Models__Servers__llm-processor__BaseUrl", $"{llm.GetEndpoint("http")}/v1")
            .WithEnvironment("Nura__Models__Servers__llm-processor__Models__0", Model);
    }
}

builder.Build().Run();
