namespace Nura.Agents.Kernel;

/// <summary>A model called a tool with arguments that do not do.</summary>
/// <param name="message">What is wrong and what would be right, for the model.</param>
public sealed class ToolArgumentException(string message) : Exception(message);
