using Nura.Contracts;

namespace Nura.Api.OpenAi;

/// <summary>A piece of an answer, whoever gives it.</summary>
internal abstract record Piece;

/// <summary>Text to append.</summary>
internal sealed record TextPiece(string Text) : Piece;

/// <summary>A whole call of a tool.</summary>
/// <param name="Id">Identity of the call.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">A JSON object as text, or what was written of it before the answer was cut.</param>
internal sealed record ToolCallPiece(string Id, string Name, string Arguments) : Piece;

/// <summary>The end of an answer.</summary>
/// <param name="FinishReason"><c>stop</c>, <c>length</c>, <c>tool_calls</c> or <c>content_filter</c>.</param>
/// <param name="Usage">What it took.</param>
/// <param name="Run">What Nura adds when an agent answered.</param>
internal sealed record EndPiece(string FinishReason, CompletionUsage Usage, RunSummary? Run = null) : Piece;

/// <summary>Tokens of an answer.</summary>
internal readonly record struct CompletionUsage(long Input, long Output, long CachedInput = 0, long Reasoning = 0);

/// <summary>Our extension of the last chunk.</summary>
/// <param name="Run">The run; its log is at <c>/api/runs/{id}/events</c>.</param>
/// <param name="Model">The model that wrote the answer.</param>
/// <param name="Citations">What was cited and found, in the order of the answer.</param>
/// <param name="Removed">Citations taken out because they did not resolve.</param>
internal sealed record RunSummary(Guid Run, string? Model, IReadOnlyList<Citation> Citations, int Removed);
