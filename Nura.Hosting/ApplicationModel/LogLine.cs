namespace Aspire.Hosting.ApplicationModel;

/// <summary>A line of a resource's log.</summary>
/// <param name="LineNumber">Counted from 1 since the log began.</param>
/// <param name="Content">The text.</param>
/// <param name="IsErrorMessage">Whether it came over standard error or as an error.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);
