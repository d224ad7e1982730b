using Nura.Api.Errors;

namespace Nura.Api.Gateway;

/// <summary>How callers say what a report is to tell.</summary>
internal static class ReportQuery
{
    private const int MostDimensions = 3;

    /// <summary>The last thirty days of UTC unless asked otherwise; both days are included.</summary>
    /// <returns>The first moment, and the first one after the time.</returns>
    /// <exception cref="RequestException">A day is beyond the calendar.</exception>
    public static (DateTimeOffset First, DateTimeOffset End) Time(DateOnly? from, DateOnly? to, TimeProvider time)
    {
        var last = Checked(to, "to") ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var first = Checked(from, "from") ?? last.AddDays(-29);
        return (Midnight(first), Midnight(last.AddDays(1)));

        static DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
    }

    /// <summary>What sums are kept apart by: day and model unless asked otherwise.</summary>
    /// <exception cref="RequestException">It is none of what there is, or too much at once.</exception>
    public static string[] Groups(string? by, IReadOnlyCollection<string> dimensions)
    {
        var names = (by ?? "day,model").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray();
        return names.Length is > 0 and <= MostDimensions && names.All(dimensions.Contains)
            ? names
            : throw RequestException.BadParameter("by", $"'by' takes one to {MostDimensions} of {string.Join(", ", dimensions)}, separated by commas.");
    }

    private static DateOnly? Checked(DateOnly? day, string name) =>
        day is null or { Year: > 1970 and < 9999 } ? day : throw RequestException.BadParameter(name, $"'{name}' is a day such as 2026-11-30.");
}
