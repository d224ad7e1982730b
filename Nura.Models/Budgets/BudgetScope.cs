namespace Nura.Models;

/// <summary>Whose calls a budget counts.</summary>
public enum BudgetScope
{
    /// <summary>Everybody's together.</summary>
    All,

    /// <summary>Those of an API key.</summary>
    Key,

    /// <summary>Those of a user.</summary>
    User,

    /// <summary>Those of a team.</summary>
    Team,
}
