namespace Nura.Models;

/// <summary>A model that was considered.</summary>
/// <param name="Model">Its id.</param>
/// <param name="Rejected">Why it cannot take the call; <see langword="null"/> if it can.</param>
/// <param name="EstimatedCost">US dollars for the estimated tokens, if its price is known.</param>
/// <param name="FirstTokenMs">Milliseconds it lately took to begin, if it was called.</param>
public sealed record RouteCandidate(string Model, string? Rejected, decimal? EstimatedCost, double? FirstTokenMs);
