using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Nura.Hosting;

namespace Nura.Tests.Hosting;

public sealed class ParameterTests
{
    [Fact]
    public async Task AddParameter_ByName_ReadsConfigurationWithHyphensOrUnderscores()
    {
        await using var test = new TestApplication("--Parameters:a-b=one", "--Parameters:c_d=two");

        Assert.Equal("one", await test.Builder.AddParameter("a-b").Resource.GetValueAsync(CancellationToken.None));
        Assert.Equal("two", await test.Builder.AddParameter("c-d").Resource.GetValueAsync(CancellationToken.None));
        await Assert.ThrowsAsync<DistributedApplicationException>(async () => await test.Builder.AddParameter("missing").Resource.GetValueAsync(CancellationToken.None));
    }

    [Fact]
    public async Task AddParameter_FixedValue_IgnoresConfigurationAndDefaultDoesNot()
    {
        await using var test = new TestApplication("--Parameters:fixed=configured", "--Parameters:generated=configured");

        Assert.Equal("mine", await test.Builder.AddParameter("fixed", "mine").Resource.GetValueAsync(CancellationToken.None));
        Assert.Equal("configured", await test.Builder.AddParameter("generated", new GenerateParameterDefault()).Resource.GetValueAsync(CancellationToken.None));
    }

    [Fact]
    public async Task UserSecrets_ManyAtOnce_AgreeOnOneValueAndKeepOthers()
    {
        var folder = Directory.CreateTempSubdirectory("nura-secrets-");
        var path = Path.Combine(folder.FullName, "id", "secrets.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, """{ "other": "kept", /* by hand */ }""");

        var values = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => new UserSecretsFile(path).GetOrAdd("Parameters:key", () => $"value {i}"))));

        Assert.Single(values.Distinct());
        Assert.Equal(values[0], new UserSecretsFile(path).GetOrAdd("Parameters:key", () => "never"));
        Assert.Equal("kept", new UserSecretsFile(path).GetOrAdd("other", () => "never"));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void GeneratedValue_Minimums_AreHonouredAndLookAlikesLeftOut()
    {
        var generated = new GenerateParameterDefault { MinLength = 40, Special = false, MinNumeric = 5, MinUpper = 3 };

        for (var i = 0; i < 50; i++)
        {
            var value = generated.GetDefaultValue();
            Assert.Equal(40, value.Length);
            Assert.True(value.Count(char.IsAsciiDigit) >= 5 && value.Count(char.IsAsciiLetterUpper) >= 3, value);
            Assert.All(value, c => Assert.True(char.IsAsciiLetterOrDigit(c) && !"iloILO".Contains(c), value));
        }
    }
}
