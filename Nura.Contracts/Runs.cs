using System.Text.Json.Serialization;

namespace Nura.Contracts;

/// <summary>An agent that can be asked.</summary>
/// <param name="Name">The name used as <c>model</c>, such as <c>nura</c>.</param>
/// <param name="Description">One sentence for people choosing.</param>
public sealed record AgentView(string Name, string Description);

/// <summary>Starts a run. The run goes on when the connection closes.</summary>
/// <param name="Agent">An agent's name.</param>
/// <param name="Messages">The conversation, oldest first; the last one is the user's.</param>
/// <param name="Model">A model for the agent to use, one of <c>GET /api/models</c>; the router chooses when absent.</param>
/// <param name="Repositories">The repositories the caller may see; <see langword="null"/> for every one.</param>
/// <param name="MaxOutputTokens">Upper limit for the answer.</param>
/// <param name="Temperature">0 to 2, as in the OpenAI dialect.</param>
public sealed record StartRun(
    string Agent,
    IReadOnlyList<RunMessage> Messages,
    string? Model = null,
    IReadOnlyList<Guid>? Repositories = null,
    int? MaxOutputTokens = null,
    float? Temperature = null);

/// <summary>One message of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Plain text or Markdown.</param>
public sealed record RunMessage(string Role, string Content);

/// <summary>Where a run stands; the last three are final.</summary>
public enum RunState
{
    /// <summary>Working.</summary>
    Running,

    /// <summary>Ended with an answer.</summary>
    Completed,

    /// <summary>Ended by an error.</summary>
    Failed,

    /// <summary>Ended by its user.</summary>
    Stopped,
}

/// <summary>A run as users see it.</summary>
/// <param name="Id">Stable identity.</param>
/// <param name="Agent">The agent.</param>
/// <param name="State">Where it stands.</param>
/// <param name="CreatedAt">When it started.</param>
/// <param name="EndedAt">When it ended.</param>
public sealed record RunView(Guid Id, string Agent, RunState State, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt);

/// <summary>An entry of a run's log. On the wire a server-sent event: the id is the place in the log, the event name is the type.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RunToken), "token")]
[JsonDerivedType(typeof(RunRoute), "route")]
[JsonDerivedType(typeof(RunTool), "tool")]
[JsonDerivedType(typeof(RunCitation), "citation")]
[JsonDerivedType(typeof(RunError), "error")]
[JsonDerivedType(typeof(RunDone), "done")]
public abstract record RunEvent;

/// <summary>A piece of the answer.</summary>
/// <param name="Text">To be appended as it is.</param>
public sealed record RunToken(string Text) : RunEvent;

/// <summary>The model that the router chose for the run, and why.</summary>
/// <param name="Chosen">Id of the model.</param>
/// <param name="Rule">The rule that named it.</param>
/// <param name="Complexity">0 to 1: how hard the question looks.</param>
/// <param name="Candidates">Models considered.</param>
public sealed record RunRoute(string Chosen, string Rule, double? Complexity, IReadOnlyList<RunRouteCandidate> Candidates) : RunEvent
{
    /// <inheritdoc/>
    public bool Equals(RunRoute? other) =>
        other is not null && (Chosen, Rule, Complexity) == (other.Chosen, other.Rule, other.Complexity) && Candidates.SequenceEqual(other.Candidates);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Chosen, Rule, Complexity);
}

/// <summary>A model that the router considered.</summary>
/// <param name="Model">Its id.</param>
/// <param name="Rejected">Why it was not chosen; <see langword="null"/> for the chosen one.</param>
public sealed record RunRouteCandidate(string Model, string? Rejected);

/// <summary>A tool the agent used.</summary>
/// <param name="Name">The tool's name, such as <c>search</c>.</param>
/// <param name="Summary">What it was asked and what came back, in one line.</param>
/// <param name="ElapsedMs">How long it took, in milliseconds.</param>
public sealed record RunTool(string Name, string Summary, double ElapsedMs) : RunEvent;

/// <summary>A citation of the answer that the server has resolved.</summary>
/// <param name="Citation">The place, with the full commit.</param>
/// <param name="Text">Its lines; only the beginning of many, and nothing once a run has cited very much. All of them can be read as a file's.</param>
public sealed record RunCitation(Citation Citation, string Text) : RunEvent;

/// <summary>The run failed. A <see cref="RunDone"/> follows.</summary>
/// <param name="Title">What happened, in one sentence.</param>
/// <param name="Detail">What to do about it.</param>
/// <param name="Status">The HTTP status that fits, such as 503.</param>
public sealed record RunError(string Title, string? Detail, int Status) : RunEvent;

/// <summary>The end of the log.</summary>
/// <param name="State">How the run ended.</param>
/// <param name="FinishReason"><c>stop</c>, <c>length</c> or <c>content_filter</c>; <c>error</c> if it failed.</param>
/// <param name="Model">The model that wrote the answer, if one did.</param>
/// <param name="InputTokens">Tokens read.</param>
/// <param name="OutputTokens">Tokens written.</param>
/// <param name="CitationsVerified">Citations of the answer that resolved.</param>
/// <param name="CitationsRemoved">Citations taken out because they did not.</param>
/// <param name="CostUsd">What the models cost, in US dollars; <see langword="null"/> while a price is unknown.</param>
public sealed record RunDone(
    RunState State,
    string FinishReason,
    string? Model,
    long InputTokens,
    long OutputTokens,
    int CitationsVerified,
    int CitationsRemoved,
    decimal? CostUsd = null) : RunEvent;
