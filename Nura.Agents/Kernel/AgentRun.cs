using Nura.Contracts;

namespace Nura.Agents.Kernel;

/// <summary>One run, as its agent sees it: the conversation, what may be used, and where the answer goes.</summary>
/// <param name="request">What the caller sent, checked.</param>
/// <param name="tools">The tools of this service.</param>
/// <param name="answer">Where text goes; verifies citations on the way.</param>
/// <param name="report">Where events other than text go.</param>
/// <param name="payer">On whose account its calls of models are; <see langword="null"/> for nobody's.</param>
public sealed class AgentRun(StartRun request, IReadOnlyList<ITool> tools, IAnswerWriter answer, Action<RunEvent> report, Account? payer = null)
{
    /// <summary>The conversation and the caller's wishes. The last message is the user's.</summary>
    public StartRun Request { get; } = request;

    /// <summary>On whose account its calls of models are; searches for it are to be made on the same.</summary>
    public Account? Payer { get; } = payer;

    /// <summary>The tools an agent may offer to its model.</summary>
    public IReadOnlyList<ITool> Tools { get; } = tools;

    /// <summary>The model that wrote last, for the run's account.</summary>
    public string? Model { get; private set; }

    /// <summary>Tokens read so far.</summary>
    public long InputTokens { get; private set; }

    /// <summary>Tokens written so far.</summary>
    public long OutputTokens { get; private set; }

    /// <summary>What the models cost so far, in US dollars; <see langword="null"/> once a price was unknown.</summary>
    public decimal? CostUsd { get; private set; } = 0;

    /// <summary>Appends to the answer. A citation in it is held back until it is verified.</summary>
    /// <param name="text">Any piece of text.</param>
    /// <param name="cancellationToken">Stops the verification.</param>
    public ValueTask WriteAsync(string text, CancellationToken cancellationToken) => answer.WriteAsync(text, cancellationToken);

    /// <summary>Tells which lines the agent has got from the index, so that citing them needs no second look.</summary>
    /// <param name="lines">Lines exactly as the index gave them.</param>
    public void Know(FileLines lines) => answer.Know(lines);

    /// <summary>Shows people watching that a tool was used.</summary>
    /// <param name="tool">Which, what for, how long.</param>
    public void Report(RunTool tool) => report(tool);

    /// <summary>Tells which model was chosen and why.</summary>
    /// <param name="route">The router's decision.</param>
    public void Report(RunRoute route) => report(route);

    /// <summary>Puts a model call on the run's account.</summary>
    /// <param name="model">The model's id.</param>
    /// <param name="inputTokens">Tokens read.</param>
    /// <param name="outputTokens">Tokens written.</param>
    /// <param name="costUsd">Its price in US dollars, or <see langword="null"/> if unknown.</param>
    public void Account(string model, long inputTokens, long outputTokens, decimal? costUsd)
    {
        Model = model;
        InputTokens += inputTokens;
        OutputTokens += outputTokens;
        CostUsd += costUsd;
    }
}
