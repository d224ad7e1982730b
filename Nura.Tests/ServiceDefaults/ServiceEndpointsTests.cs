using Microsoft.Extensions.Configuration;
using Nura.ServiceDefaults.Discovery;

namespace Nura.Tests.ServiceDefaults;

public sealed class ServiceEndpointsTests
{
    [Fact]
    public void Resolve_SeveralIndices_TakesThemInTurn()
    {
        var services = With(("services:rag:http:0", "http://10.0.0.1:81"), ("services:rag:http:1", "http://10.0.0.2:82"));

        var hosts = Enumerable.Range(0, 4).Select(_ => services.Resolve(new Uri("http://rag/search?q=a%20b")).ToString()).ToArray();

        Assert.Equal(
            ["http://10.0.0.1:81/search?q=a b", "http://10.0.0.2:82/search?q=a b", "http://10.0.0.1:81/search?q=a b", "http://10.0.0.2:82/search?q=a b"],
            hosts);
    }

    [Fact]
    public void Resolve_ChoiceOfSchemes_PrefersTheFirstConfigured()
    {
        Assert.Equal("https://s/", With(("services:rag:http:0", "http://p"), ("services:rag:https:0", "https://s")).Resolve(new Uri("https+http://rag")).ToString());
        Assert.Equal("http://p/", With(("services:rag:http:0", "http://p")).Resolve(new Uri("https+http://rag")).ToString());
    }

    [Fact]
    public void Resolve_EndpointWithPath_KeepsBothPaths() =>
        Assert.Equal("http://gateway/rag/search", With(("services:rag:http:0", "http://gateway/rag/")).Resolve(new Uri("http://rag/search")).ToString());

    [Fact]
    public void Resolve_UnknownService_NamesTheKeyToSet()
    {
        var error = Assert.Throws<InvalidOperationException>(() => With().Resolve(new Uri("https+http://rag")));

        Assert.Contains("'rag'", error.Message, StringComparison.Ordinal);
        Assert.Contains("services__rag__http__0", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://rag/", true)]
    [InlineData("https+http://rag/", true)]
    [InlineData("http://api.openai.com/v1", false)]
    [InlineData("http://localhost/", false)]
    [InlineData("http://127.0.0.1:5181/", false)]
    [InlineData("http://[::1]/", false)]
    [InlineData("http://vllm:8000/", false)]
    public void Names_Addresses_OnlyThoseOfServices(string address, bool expected) =>
        Assert.Equal(expected, With().Names(new Uri(address)));

    private static ServiceEndpoints With(params (string Key, string Value)[] settings) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build());
}
