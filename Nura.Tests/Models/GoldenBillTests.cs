using System.Globalization;
using Nura.Models;
using Nura.Tests.House;

namespace Nura.Tests.Models;

public sealed class GoldenBillTests
{
    /// <summary>Amounts worked out with fractions from the published price table, apart from the catalog.</summary>
    public static TheoryData<string> Cases => [.. SourceTree.Read("Nura.Tests/Models/golden-bill.csv").Split('\n').Skip(1).Where(line => line.Length > 0)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Cost_OfTheCall_IsTheBillToTheLastDigit(string line)
    {
        var fields = line.Split(',');
        using var host = ModelsHost.Build(("Nura:Models:Bedrock:Region", "us-east-1"), ("Nura:Models:Bedrock:Profile", fields[1]));
        var model = host.Get<ModelCatalog>().Find(fields[0])!;
        var tokens = new TokenUsage { Input = Number(3), Output = Number(4), CacheRead = Number(5), CacheWrite5m = Number(6), CacheWrite1h = Number(7) };

        var cost = Price.Cost(Price.On(model, new DateOnly(2026, 11, 21))!, tokens, host.Get<BedrockHttp>().PriceFactor(model), batch: fields[2] == "true");
        Assert.Equal(decimal.Parse(fields[8], CultureInfo.InvariantCulture), cost);

        long Number(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Cases_OfTheBill_AreAtLeastForty() => Assert.True(Cases.Count >= 40);

    [Fact]
    public void Cost_ThroughAnApplicationProfile_IsThatOfTheModelBehindIt()
    {
        using var host = ModelsHost.Build(
            ("Nura:Models:Bedrock:Region", "us-east-1"),
            ("Nura:Models:Bedrock:ApplicationProfiles:team-a:Arn", "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"),
            ("Nura:Models:Bedrock:ApplicationProfiles:team-a:Model", "claude-haiku-4-5"),
            ("Nura:Models:Bedrock:ApplicationProfiles:team-a:PriceFactor", "1.1"));
        var model = host.Get<ModelCatalog>().Find("team-a")!;

        Assert.Equal(0.0000011m, Price.Cost(Price.On(model, default)!, new TokenUsage { Input = 1 }, host.Get<BedrockHttp>().PriceFactor(model)));
    }

    [Theory]
    [InlineData(100, 1000, 0, 0, "0.0027")]
    [InlineData(100, 1000, 200, 100, "0.00225")]
    [InlineData(100, 0, 200, 0, "-0.00015")]
    [InlineData(100_001, 100_000, 0, 0, "0.54")]
    [InlineData(100, 0, 0, 0, "0")]
    public void Saved_ByThePromptCache_IsWhatReadingSparesLessWhatWritingCostsMore(long input, long read, long minutes, long hour, string saved)
    {
        var price = new ModelPrice
        {
            Input = 3,
            Output = 15,
            CacheRead = 0.3m,
            CacheWrite5m = 3.75m,
            CacheWrite1h = 6,
            LongContext = new LongContextPrice { Above = 200_000, Input = 6, Output = 22.5m, CacheRead = 0.6m, CacheWrite5m = 7.5m, CacheWrite1h = 12 },
        };

        Assert.Equal(decimal.Parse(saved, CultureInfo.InvariantCulture), Price.Saved(price, new TokenUsage { Input = input, Output = 7, CacheRead = read, CacheWrite5m = minutes, CacheWrite1h = hour }, 1));
    }

    [Fact]
    public void On_SeveralPrices_IsTheOneOfTheDay()
    {
        var model = new ModelInfo
        {
            Id = "m",
            Provider = "offline",
            Prices = [new ModelPrice { Input = 1 }, new ModelPrice { From = new DateOnly(2026, 3, 1), Input = 2 }, new ModelPrice { From = new DateOnly(2026, 6, 1), Input = 3 }],
        };

        Assert.Equal([1, 1, 2, 2, 3, 3], new[] { "2025-01-01", "2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01", "2027-01-01" }
            .Select(day => Price.On(model, DateOnly.Parse(day, CultureInfo.InvariantCulture))!.Input));
        Assert.Equal(["m@start", "m@2026-03-01"], model.Prices.Take(2).Select(price => Price.Version(model, price)));
    }
}
