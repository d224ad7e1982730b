using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Nura.Tests.Hosting;

public sealed class EnvironmentTests
{
    [Fact(Timeout = 180_000)]
    public async Task WithReference_Service_GivesPublicAddressByBothNames()
    {
        await using var test = new TestApplication();
        var service = test.Builder.AddProject<ProjectWithEndpoint>("code-search");
        Allocate(service, publicPort: 6001, targetPort: 7001);
        var consumer = test.AddShell("consumer", "true").WithReference(service);

        var environment = (await TestApplication.EnvironmentOfAsync(consumer)).Variables;

        Assert.Equal("http://localhost:6001", environment["services__code-search__http__0"]);
        Assert.Equal("http://localhost:6001", environment["CODE_SEARCH_HTTP"]);
    }

    [Fact(Timeout = 180_000)]
    public async Task Project_Environment_ListensOnTargetPortAndOwnProfileWins()
    {
        await using var test = new TestApplication();
        var service = test.Builder.AddProject<ProjectWithEndpoint>("rag").WithEnvironment("FROM_PROFILE", "from the model");
        Allocate(service, publicPort: 6001, targetPort: 7001);

        var environment = (await TestApplication.EnvironmentOfAsync(service)).Variables;

        Assert.Equal("http://localhost:7001", environment["ASPNETCORE_URLS"]);
        Assert.Equal("Development", environment["ASPNETCORE_ENVIRONMENT"]);
        Assert.Equal("from the model", environment["FROM_PROFILE"]);
        Assert.Equal("first", environment["DOTNET_LAUNCH_PROFILE"]);
    }

    [Fact(Timeout = 180_000)]
    public async Task WithReference_Database_GivesConnectionStringAndPartsAndMasksThem()
    {
        await using var test = new TestApplication("--Parameters:pg-password=p;w+d");
        var postgres = test.Builder.AddPostgres("pg");
        var database = postgres.AddDatabase("my-data", "stored");
        var endpoint = postgres.Resource.PrimaryEndpoint.EndpointAnnotation;
        endpoint.AllocatedEndpoint = new(endpoint, "localhost", 5555);
        postgres.Resource.Backend.SetResult((null, "SSL Mode=Disable"));
        var consumer = test.AddShell("consumer", "true").WithReference(database);

        var environment = await TestApplication.EnvironmentOfAsync(consumer);

        Assert.Equal("Host=localhost;Port=5555;Username=postgres;Password=p;w+d;SSL Mode=Disable;Database=stored", environment.Variables["ConnectionStrings__my-data"]);
        Assert.Equal("postgresql://postgres:p%3Bw%2Bd@localhost:5555/stored", environment.Variables["MY_DATA_URI"]);
        Assert.Equal("stored", environment.Variables["MY_DATA_DATABASENAME"]);
        Assert.Equal(["ConnectionStrings__my-data", "MY_DATA_PASSWORD", "MY_DATA_URI"], environment.SecretNames.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(environment.Shown, variable => variable.Value!.Contains("p;w+d", StringComparison.Ordinal) || variable.Value.Contains("p%3Bw", StringComparison.Ordinal));
    }

    [Fact(Timeout = 180_000)]
    public async Task WithReference_OptionalAndNotAvailable_IsLeftOut()
    {
        await using var test = new TestApplication();
        var redis = test.Builder.AddRedis("cache");
        redis.Resource.Backend.SetResult((false, null));
        var consumer = test.AddShell("consumer", "true").WithReference(redis, optional: true);
        var insisting = test.AddShell("insisting", "true").WithReference(redis);

        var environment = (await TestApplication.EnvironmentOfAsync(consumer)).Variables;

        Assert.DoesNotContain(environment.Keys, key => key.StartsWith("ConnectionStrings__", StringComparison.Ordinal) || key.StartsWith("CACHE_", StringComparison.Ordinal));
        await Assert.ThrowsAsync<DistributedApplicationException>(() => TestApplication.EnvironmentOfAsync(insisting));
    }

    [Theory]
    [InlineData("rag", "rag")]
    [InlineData("code-search.v2", "code_search_v2")]
    [InlineData("2nd", "_2nd")]
    public void Encode_Name_IsValidInEnvironment(string name, string expected) => Assert.Equal(expected, Nura.Hosting.ModelNames.Encode(name));

    [Theory]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("a--b")]
    [InlineData("a-")]
    [InlineData("ä")]
    public void Resource_InvalidName_IsRefused(string name) => Assert.Throws<ArgumentException>(() => new ProjectResource(name));

    private static void Allocate(IResourceBuilder<ProjectResource> project, int publicPort, int targetPort)
    {
        var endpoint = project.GetEndpoint("http").EndpointAnnotation;
        endpoint.AllocatedEndpoint = new(endpoint, "localhost", publicPort, targetPort.ToString(global::System.Globalization.CultureInfo.InvariantCulture));
    }
}
