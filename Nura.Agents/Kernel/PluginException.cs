namespace Nura.Agents.Kernel;

/// <summary>A plugin cannot be used. The service does not start with it, because an agent missing in silence is worse.</summary>
/// <param name="message">Which plugin, why, and what to do.</param>
/// <param name="innerException">What the loader reported, if it did.</param>
public sealed class PluginException(string message, Exception? innerException = null) : Exception(message, innerException);
