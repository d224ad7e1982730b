using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Nura.Tests.Hosting;

public sealed class LaunchProfileTests
{
    [Theory]
    [InlineData(null, "http")]
    [InlineData("second", "http,https")]
    [InlineData("unknown", "http")]
    public async Task AddProject_AppHostProfile_IsPreferredWhereTheProjectHasIt(string? appHostProfile, string endpoints)
    {
        await using var test = new TestApplication(appHostProfile is null ? [] : [$"--DOTNET_LAUNCH_PROFILE={appHostProfile}"]);

        var project = test.Builder.AddProject<ProjectWithEndpoint>("p");

        Assert.Equal(endpoints, string.Join(',', project.Resource.Annotations.OfType<EndpointAnnotation>().Select(e => e.Name)));
    }

    [Fact]
    public async Task AddProject_NamedProfile_WinsAndMissingOneIsAnError()
    {
        await using var test = new TestApplication("--DOTNET_LAUNCH_PROFILE=first");

        var project = test.Builder.AddProject<ProjectWithEndpoint>("p", "second");

        Assert.Equal(5998, project.GetEndpoint("http").EndpointAnnotation.Port);
        Assert.Throws<DistributedApplicationException>(() => test.Builder.AddProject<ProjectWithEndpoint>("q", "third"));
    }

    [Fact]
    public async Task AddProject_NullProfile_HasNoEndpoints()
    {
        await using var test = new TestApplication();

        Assert.Empty(test.Builder.AddProject<ProjectWithEndpoint>("p", launchProfileName: null).Resource.Annotations.OfType<EndpointAnnotation>());
    }
}
