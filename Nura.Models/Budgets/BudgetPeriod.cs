namespace Nura.Models;

/// <summary>When a budget starts anew.</summary>
public enum BudgetPeriod
{
    /// <summary>Every day.</summary>
    Day,

    /// <summary>On the first of each month.</summary>
    Month,

    /// <summary>Never.</summary>
    Total,
}
