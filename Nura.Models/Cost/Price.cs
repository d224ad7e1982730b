namespace Nura.Models;

/// <summary>From tokens to dollars, in decimals.</summary>
public static class Price
{
    private const decimal Million = 1_000_000m;

    /// <summary>The price that holds on a day, or <see langword="null"/> if the model has none.</summary>
    /// <param name="model">A model of the catalog.</param>
    /// <param name="day">The day of the call, UTC.</param>
    public static ModelPrice? On(ModelInfo model, DateOnly day)
    {
        for (var i = model.Prices.Count - 1; i >= 0; i--)
        {
            if (model.Prices[i].From is not { } from || from <= day)
            {
                return model.Prices[i];
            }
        }

        return null;
    }

    /// <summary>Names the price that a cost was computed with, so that the record of a call explains itself when prices change.</summary>
    /// <param name="model">The model.</param>
    /// <param name="price">Its price.</param>
    public static string Version(ModelInfo model, ModelPrice price) => $"{model.Id}@{price.From?.ToString("O", System.Globalization.CultureInfo.InvariantCulture) ?? "start"}";

    /// <summary>US dollars of a call, exact: nothing is rounded.</summary>
    /// <param name="price">The price of its day.</param>
    /// <param name="usage">Its tokens.</param>
    /// <param name="factor">What its route adds, such as 1.1 for a regional inference profile.</param>
    /// <param name="batch">Whether it was part of a batch job.</param>
    public static decimal Cost(ModelPrice price, TokenUsage usage, decimal factor, bool batch = false)
    {
        var row = price.LongContext is { } longer && usage.Prompt > longer.Above
            ? (longer.Input, longer.Output, longer.CacheRead, longer.CacheWrite5m, longer.CacheWrite1h)
            : (price.Input, price.Output, price.CacheRead, price.CacheWrite5m, price.CacheWrite1h);
        var sum = (usage.Input * row.Input)
            + (usage.Output * row.Output)
            + (usage.CacheRead * (row.CacheRead ?? row.Input))
            + (usage.CacheWrite5m * (row.CacheWrite5m ?? row.Input))
            + (usage.CacheWrite1h * (row.CacheWrite1h ?? row.CacheWrite5m ?? row.Input));
        return sum * factor * (batch ? price.Batch : 1m) / Million;
    }

    /// <summary>US dollars that the provider's prompt cache saved a call: what its tokens had cost without it, less what they cost. Below zero if more was put in than read.</summary>
    /// <param name="price">The price of its day.</param>
    /// <param name="usage">Its tokens.</param>
    /// <param name="factor">What its route adds.</param>
    public static decimal Saved(ModelPrice price, TokenUsage usage, decimal factor) => usage.Prompt == usage.Input ? 0
        : Cost(price, new TokenUsage { Input = usage.Prompt, Output = usage.Output }, factor) - Cost(price, usage, factor);
}
