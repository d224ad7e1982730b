namespace Nura.Models;

/// <summary>A budget in one of its periods.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Start">First day of the period.</param>
/// <param name="End">First day of the next one.</param>
/// <param name="Limit">US dollars.</param>
/// <param name="Scope">Whose calls count.</param>
/// <param name="Id">The key, user or team.</param>
internal sealed record BudgetPart(string Name, DateOnly Start, DateOnly End, decimal Limit, BudgetScope Scope, string? Id);
