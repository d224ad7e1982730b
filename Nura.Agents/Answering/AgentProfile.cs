namespace Nura.Agents.Answering;

/// <summary>One of Nura's own agents. All retrieve and cite alike; they differ in what they are asked for and in which models the router has for that.</summary>
/// <param name="Name">What callers write as <c>model</c>.</param>
/// <param name="Kind">What the router's rules call it.</param>
/// <param name="Description">One sentence for people choosing an agent.</param>
/// <param name="Manner">How it answers, as the prompt says it.</param>
internal sealed record AgentProfile(string Name, string Kind, string Description, string Manner)
{
    /// <summary>The one that is asked unless a caller says otherwise.</summary>
    public const string General = "nura";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AgentProfile> All { get; } =
    [
        new(General, "nura", "Answers questions about your repositories, with citations to the exact lines.", "- Be short."),
        new(
            "nura-architect", "architect", "Weighs designs and changes: parts and what depends on them, ways to go, risks, and which way it would take.",
            """
            - You are asked as the team's architect. Say which parts take part and what depends on what, as the code has it and not as its names
              suggest. Where there is something to decide, weigh two or three ways to go by what they cost, what they risk and what they touch,
              and say which you would take and why. Name decisions that the repositories record already. A Mermaid diagram may help.
            """),
        new(
            "nura-dev", "dev", "Works out code: the change itself, in the manner of the code around it, and the tests for it.",
            """
            - You are asked as a developer. Give the code: for a change a unified diff of each file, else whole functions, in the manner of the
              code that you have seen. Read the lines before you change them. Name the tests to add or to change. You cannot write files or run
              anything: say what is to be checked.
            """),
    ];
}
