using Nura.Contracts;

namespace Nura.Api.Conversations;

/// <summary>A conversation as its owner sees it, or a reader with whom it is shared.</summary>
/// <param name="Id">Stable identity.</param>
/// <param name="Title">1 to 200 characters.</param>
/// <param name="UpdatedAt">When it was last asked something.</param>
/// <param name="Shared">Whether everybody who is signed in may read it.</param>
/// <param name="SharedBy">The owner's name, for a reader who is somebody else and can do nothing but read.</param>
internal sealed record ConversationView(Guid Id, string Title, DateTimeOffset UpdatedAt, bool Shared, string? SharedBy = null);

/// <summary>Names a conversation.</summary>
/// <param name="Title">1 to 200 characters.</param>
internal sealed record ConversationTitle(string Title);

/// <summary>A question and the run that answers it; the run's log is the answer.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="RunId">See <c>/api/runs/{id}/events</c>. Absent for a reader of a shared conversation if the answer may draw on repositories that the reader may not see.</param>
/// <param name="CreatedAt">When it was asked.</param>
/// <param name="Good">Whether its owner said that the answer was good; absent until then, and for readers.</param>
internal sealed record TurnView(string Question, Guid? RunId, DateTimeOffset CreatedAt, bool? Good = null);

/// <summary>Asks within a conversation.</summary>
/// <param name="Question">What the user wrote.</param>
/// <param name="Agent">The agent to answer.</param>
/// <param name="Messages">What the agent is to read, oldest first; the last one is the question.</param>
/// <param name="Model">A model for the agent to use, one of <c>GET /api/models</c>; the router chooses when absent.</param>
internal sealed record AskTurn(string Question, string Agent, IReadOnlyList<RunMessage> Messages, string? Model = null);
