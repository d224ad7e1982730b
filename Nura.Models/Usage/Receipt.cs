namespace Nura.Models;

/// <summary>What an answer came to, retries and fallbacks included. Attach one to the options of a call; it is complete when the answer has ended.</summary>
public sealed class Receipt
{
    /// <summary>Id of the model asked last: the one that answers, once something of the answer is here.</summary>
    public string? Model { get; private set; }

    /// <summary>US dollars, exact; <see langword="null"/> once a model without a known price was called.</summary>
    public decimal? Cost { get; private set; } = 0;

    internal void Ask(ModelInfo model) => Model = model.Id;

    internal void Add(MeteredCall call) => Cost += call.CostIfPriced;
}
