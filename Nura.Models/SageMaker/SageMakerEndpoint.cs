namespace Nura.Models;

/// <summary>An endpoint of SageMaker, below <c>Nura:Models:SageMaker:Endpoints:&lt;name&gt;</c>.</summary>
public sealed class SageMakerEndpoint
{
    /// <summary>Its name in SageMaker.</summary>
    public string Name { get; set; } = "";

    /// <summary>Inference component to ask, where an endpoint has several.</summary>
    public string? InferenceComponent { get; set; }

    /// <summary>Production variant to ask, where an endpoint has several.</summary>
    public string? TargetVariant { get; set; }

    /// <summary>Whether it chats (OpenAI's chat body, as vLLM, TGI and LMI containers take it) or makes embeddings.</summary>
    public ModelKind Kind { get; set; }

    /// <summary>Name of the model inside the container, for those that ask for one; the name callers write when absent.</summary>
    public string? Model { get; set; }

    /// <summary>Body of an embedding container: <c>tei</c> (<c>{"inputs":[...]}</c>) or <c>openai</c> (<c>{"input":[...]}</c>).</summary>
    public string Embeddings { get; set; } = "tei";

    /// <summary>Length of the vectors of an embedding container; 1,024 as those of bge-m3.</summary>
    public int Dimensions { get; set; } = 1024;

    /// <summary>Tokens that prompt and answer may have together.</summary>
    public int Context { get; set; } = 8_192;

    /// <summary>Tokens that an answer may have; 0 leaves it to the container.</summary>
    public int MaxOutput { get; set; }

    /// <summary>Whether its model can call tools.</summary>
    public bool Tools { get; set; } = true;
}
