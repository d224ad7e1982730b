using System.Text.Json.Nodes;
using Aspire.Hosting;
using Nura.Hosting;
using Nura.Tests.House;

namespace Nura.Tests.Hosting.Publishing;

public sealed class ManifestTests
{
    [Fact(Timeout = 180_000)]
    public async Task Manifest_OfTheSevenResourceExample_IsTheExpectedJson()
    {
        using var published = await PublishedManifest.PublishAsync(DescribeExample);

        // The test's projects lie two folders above the manifest, those of the snapshot beside the AppHost.
        var text = published.Text.Replace("\"../../Nura.", "\"../Nura.", StringComparison.Ordinal);
        Assert.Equal(SourceTree.Read("Nura.Tests/Snapshots/example-manifest.json").TrimEnd(), text);
    }

    [Fact(Timeout = 180_000)]
    public async Task Manifest_OfTheExample_KeepsToTheSchema()
    {
        using var published = await PublishedManifest.PublishAsync(DescribeExample);

        Assert.Empty(ManifestRules.Violations(published.Resources));
    }

    [Fact]
    public void Rules_BrokenManifest_NameEachViolation()
    {
        var resources = JsonNode.Parse(
            """
            {
              "web": { "type": "project.v0", "path": "w.csproj", "replicas": 3, "env": { "A": "{gone.connectionString}", "N": 1 },
                       "bindings": { "http": { "protocol": "tcp", "transport": "carrier-pigeon", "targetPort": 99999 } } },
              "box": { "type": "container.v0" },
              "odd": { "type": "odd.v7" }
            }
            """)!.AsObject();

        Assert.Equal(
            [
                "web: 'replicas' is not allowed in project.v0",
                "web.env.N: must be a string",
                "web.env.A: there is no 'gone'",
                "web.bindings.http: 'scheme' is missing",
                "web.bindings.http.transport: 'carrier-pigeon'",
                "web.bindings.http.targetPort: 99999",
                "box: 'image' is missing in container.v0",
                "odd: unknown type 'odd.v7'",
            ],
            ManifestRules.Violations(resources));
    }

    [Fact(Timeout = 180_000)]
    public async Task Manifest_WrittenTwice_IsTheSame()
    {
        using var first = await PublishedManifest.PublishAsync(DescribeExample);
        using var second = await PublishedManifest.PublishAsync(DescribeExample, "--operation", "publish", "--step", "publish-manifest", "--output-path", "OUT/aspire-manifest.json");

        Assert.Equal(first.Text, second.Text);
    }

    [Fact(Timeout = 180_000)]
    public async Task Manifest_SecretParameterWithAValue_DoesNotHoldIt()
    {
        using var published = await PublishedManifest.PublishAsync(
            builder => builder.AddContainer("web", "nginx", "1").WithEnvironment("KEY", builder.AddParameter("key", "canary-11aa22", secret: true)));

        Assert.DoesNotContain("canary", published.Text, StringComparison.Ordinal);
        Assert.Equal("{key.value}", (string?)published.Resources["web"]!["env"]!["KEY"]);
    }

    [Fact(Timeout = 180_000)]
    public async Task Manifest_ContainerEndpoints_HavePortsOnlyWhereTheyDiffer()
    {
        using var published = await PublishedManifest.PublishAsync(builder => builder.AddContainer("web", "nginx", "1")
            .WithHttpEndpoint(port: 80, targetPort: 80, name: "same")
            .WithHttpEndpoint(port: 8081, targetPort: 80, name: "both")
            .WithHttpEndpoint(name: "neither")
            .WithVolume("data", "/data", isReadOnly: true)
            .WithEnvironment("JSON", """{"a":1}"""));

        var bindings = published.Resources["web"]!["bindings"]!;
        Assert.Equal("""{"scheme":"http","protocol":"tcp","transport":"http","targetPort":80}""", bindings["same"]!.ToJsonString());
        Assert.Equal("""{"scheme":"http","protocol":"tcp","transport":"http","port":8081,"targetPort":80}""", bindings["both"]!.ToJsonString());
        Assert.Equal("""{"scheme":"http","protocol":"tcp","transport":"http","targetPort":8000}""", bindings["neither"]!.ToJsonString());
        Assert.Equal("""[{"name":"data","target":"/data","readOnly":true}]""", published.Resources["web"]!["volumes"]!.ToJsonString());
        Assert.Equal("""{{"a":1}}""", (string?)published.Resources["web"]!["env"]!["JSON"]);
        Assert.Empty(ManifestRules.Violations(published.Resources));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("--output-path", "--publisher", "manifest")]
    [InlineData("--step publish-manifest", "--operation", "publish", "--step", "deploy", "--output-path", "OUT")]
    public async Task Publish_WithoutWhatItNeeds_SaysWhatToAdd(string missing, params string[] arguments)
    {
        var failure = await Assert.ThrowsAsync<StartFailedException>(() => PublishedManifest.PublishAsync(_ => { }, arguments));

        Assert.Contains(missing, failure.Message, StringComparison.Ordinal);
    }

    private static void DescribeExample(IDistributedApplicationBuilder builder)
    {
        var key = builder.AddParameter("llm-api-key", secret: true);
        var database = builder.AddPostgres("postgres").WithImage("pgvector/pgvector", "pg17").WithDataVolume("nura-pgdata").AddDatabase("nuradb");
        var cache = builder.AddRedis("cache").WithImage("library/redis", "8.2");
        var rag = builder.AddProject<RagProject>("rag").WithReference(database).WithEnvironment("LLM__ApiKey", key);
        var agents = builder.AddProject<AgentsProject>("agents").WithReference(rag).WithReference(cache);
        builder.AddProject<GatewayProject>("gateway").WithReference(agents).WithExternalHttpEndpoints();
    }
}
