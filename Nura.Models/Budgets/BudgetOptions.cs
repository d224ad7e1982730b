namespace Nura.Models;

/// <summary>A limit on spending, below <c>Nura:Models:Budgets:&lt;name&gt;</c>.</summary>
public sealed class BudgetOptions
{
    /// <summary>Whose calls count.</summary>
    public BudgetScope Scope { get; set; }

    /// <summary>Identity of the key, name of the user or team; not used for <see cref="BudgetScope.All"/>.</summary>
    public string? Id { get; set; }

    /// <summary>US dollars in a period.</summary>
    public decimal Limit { get; set; }

    /// <summary>When it starts anew, at midnight UTC.</summary>
    public BudgetPeriod Period { get; set; } = BudgetPeriod.Month;

    /// <summary>Whether a caller's calls count.</summary>
    internal bool Concerns(Caller caller) => Scope switch
    {
        BudgetScope.All => true,
        BudgetScope.Key => caller.Key == Id,
        BudgetScope.User => caller.User == Id,
        _ => caller.Team == Id,
    };
}
