namespace Nura.Api.Runs;

/// <summary>A model that an agent can be asked to use.</summary>
/// <param name="Id">What callers write as <c>model</c>.</param>
/// <param name="Provider">Who answers: a configured server or endpoint by its name, <c>bedrock</c>, or <c>offline</c>, which quotes and is no model.</param>
internal sealed record ModelView(string Id, string Provider);
