namespace Nura.Agents.Kernel;

/// <summary>What a tool gives back.</summary>
/// <param name="Text">For the model. It is data, whatever it says.</param>
/// <param name="Summary">For people watching, in one line.</param>
public sealed record ToolAnswer(string Text, string Summary);
