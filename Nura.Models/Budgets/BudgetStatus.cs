namespace Nura.Models;

/// <summary>How far a budget is used up.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Scope">Whose calls count: <c>all</c>, or those of one <c>key</c>, <c>user</c> or <c>team</c>.</param>
/// <param name="Id">The key, user or team; absent for everybody's.</param>
/// <param name="Period"><c>day</c>, <c>month</c> or <c>total</c>.</param>
/// <param name="Limit">US dollars in a period.</param>
/// <param name="Spent">US dollars that the calls recorded in this period cost. What is put aside for calls under way is not in it.</param>
/// <param name="Anew">The day, of UTC, on which it starts anew; absent if it never does.</param>
public sealed record BudgetStatus(string Name, string Scope, string? Id, string Period, decimal Limit, decimal Spent, DateOnly? Anew);
