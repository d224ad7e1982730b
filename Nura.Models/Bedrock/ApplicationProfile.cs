namespace Nura.Models;

/// <summary>An application inference profile of Bedrock: an opaque ARN in front of a model, made to tell costs apart.</summary>
public sealed class ApplicationProfile
{
    /// <summary>Its ARN, <c>arn:aws:bedrock:...:application-inference-profile/...</c>.</summary>
    public string Arn { get; set; } = "";

    /// <summary>Id or alias of the catalog's model behind it.</summary>
    public string Model { get; set; } = "";

    /// <summary>Factor on the model's price: 1.1 if the profile was made from a regional one of a model that costs 10 % more there.</summary>
    public decimal PriceFactor { get; set; } = 1m;
}
