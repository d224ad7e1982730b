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
    .WithSettings("Nura:Rag")
    .WithHttpHealthCheck("/health", endpointName: "http");

var agents = builder.AddProject<Projects.Nura_Agents>("agents")
    .WithReference(database).WaitFor(database)
    .WithReference(cache, optional: true)
    .WithReference(rag)
    .WithReference(aws)
    .WithDataFolder("Nura:Models:UsageDirectory", "usage")
    .WithSettings("Nura:Agents")
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
    .WithSettings("Nura:Api")
    .WithHttpHealthCheck("/health", endpointName: "http")
    .WithHealthOf(rag, agents)
    .WithUrlForEndpoint("http", url => url.DisplayText = "Chat")
    .OnResourceReady((api, _, cancellationToken) => Welcome.WriteAsync(api.GetEndpoint("http"), apiKey.Resource, cancellationToken));

// GPU model server: part of the cluster, not of a laptop. To those who call models it is one more OpenAI-compatible server.
if (builder.ExecutionContext.IsPublishMode)
{
    // On one L4 (22.0 GiB usable, 92 % of it vLLM's: 20.3 GiB): 15.7 GiB of 4-bit weights (57 GiB in bf16 would not fit), and a cache of
    // 96 KiB a token (48 layers, 4 heads of 128, keys and values, 2 bytes), 3.0 GiB for one full context; the rest is working memory.
    // The context is what Nura:Models:Servers takes a server's to be unless told.
    const string Model = "QuantTrio/Qwen3-Coder-30B-A3B-Instruct-AWQ";
    var llm = builder.AddContainer("llm-processor", "vllm/vllm-openai", "v0.11.0")
        .WithArgs("--model", Model, "--max-model-len", "32768", "--max-num-seqs", "8", "--gpu-memory-utilization", "0.92")
        // Callers offer tools; without a parser for this model's way of calling them vLLM refuses such requests.
        .WithArgs("--enable-auto-tool-choice", "--tool-call-parser", "qwen3_coder")
        .WithHttpEndpoint(targetPort: 8000, name: "http")
        .WithVolume("llm-models", "/models");
    foreach (var caller in (IResourceBuilder<ProjectResource>[])[api, agents, rag])
    {
        caller.WithEnvironment("Nura__Models__Servers__llm-processor__BaseUrl", $"{llm.GetEndpoint("http")}/v1")
            .WithEnvironment("Nura__Models__Servers__llm-processor__Models__0", Model);
    }
}

builder.Build().Run();
