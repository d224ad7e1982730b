namespace Nura.Models;

/// <summary>Names of what a model can do, as the catalog declares it. Never guessed from a model's name.</summary>
public static class Capabilities
{
    /// <summary>Calls tools.</summary>
    public const string Tools = "tools";

    /// <summary>Takes a system prompt of its own.</summary>
    public const string System = "system";

    /// <summary>Answers piece by piece.</summary>
    public const string Streaming = "streaming";

    /// <summary>Reads images.</summary>
    public const string Vision = "vision";

    /// <summary>Thinks before it answers, when asked to.</summary>
    public const string Reasoning = "reasoning";

    /// <summary>Keeps a marked prefix of the prompt for later calls.</summary>
    public const string PromptCache = "promptCache";

    /// <summary>Keeps marked tools, too. Goes with <see cref="PromptCache"/>.</summary>
    public const string PromptCacheTools = "promptCacheTools";

    /// <summary>Continues an answer whose beginning is given, so a broken stream can be taken up again.</summary>
    public const string Prefill = "prefill";

    /// <summary>Turns texts into vectors.</summary>
    public const string Embeddings = "embeddings";
}
