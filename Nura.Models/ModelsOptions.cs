namespace Nura.Models;

/// <summary>Configuration of the models, below <see cref="Section"/>.</summary>
public sealed class ModelsOptions
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "Nura:Models";

    /// <summary>Path of a catalog file whose models replace or add to the built-in ones.</summary>
    public string? Catalog { get; set; }

    /// <summary>Id or alias of the model to use when the router has no better rule; otherwise it chooses among those that can be called.</summary>
    public string? Default { get; set; }

    /// <summary>Absolute path of a folder in which usage rows wait while the database is away. Services that share a database may share it; otherwise each has its own. Without it they wait in memory.</summary>
    public string? UsageDirectory { get; set; }

    /// <summary>OpenAI-compatible servers (vLLM, Ollama, LM Studio, OpenAI itself) by name.</summary>
    public Dictionary<string, ServerOptions> Servers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Amazon Bedrock.</summary>
    public BedrockOptions Bedrock { get; } = new();

    /// <summary>Amazon SageMaker.</summary>
    public SageMakerOptions SageMaker { get; } = new();

    /// <summary>Limits on spending by name.</summary>
    public Dictionary<string, BudgetOptions> Budgets { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The exact cache of answers.</summary>
    public CacheOptions Cache { get; } = new();

    /// <summary>Metrics for Amazon CloudWatch.</summary>
    public CloudWatchOptions CloudWatch { get; } = new();
}
