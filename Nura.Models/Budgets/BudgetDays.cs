namespace Nura.Models;

/// <summary>The days of UTC that a budget counts.</summary>
internal static class BudgetDays
{
    // Before Nura was there to spend anything.
    private static readonly DateOnly s_beginning = new(2000, 1, 1);

    /// <summary>First day of the period that a moment lies in.</summary>
    public static DateOnly StartAt(this BudgetPeriod period, DateTimeOffset now) => period switch
    {
        BudgetPeriod.Day => DateOnly.FromDateTime(now.UtcDateTime),
        BudgetPeriod.Month => new DateOnly(now.UtcDateTime.Year, now.UtcDateTime.Month, 1),
        _ => s_beginning,
    };

    /// <summary>First day of the period after the one that begins on a day.</summary>
    public static DateOnly EndAfter(this BudgetPeriod period, DateOnly start) => period switch
    {
        BudgetPeriod.Day => start.AddDays(1),
        BudgetPeriod.Month => start.AddMonths(1),
        _ => DateOnly.MaxValue,
    };
}
