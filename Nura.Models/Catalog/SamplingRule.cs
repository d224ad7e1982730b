namespace Nura.Models;

/// <summary>Which of temperature and top-p a model takes. What it does not take is left out of the call.</summary>
public enum SamplingRule
{
    /// <summary>Both.</summary>
    Any,

    /// <summary>Either, not both; temperature goes first.</summary>
    TemperatureOrTopP,

    /// <summary>Neither.</summary>
    None,
}
