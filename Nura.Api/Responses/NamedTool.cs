namespace Nura.Api.Responses;

/// <summary>A tool as the caller knows it.</summary>
/// <param name="Namespace">The group that it is in, if any.</param>
/// <param name="Name">Its name there.</param>
/// <param name="IsCustom">Whether it takes a text instead of JSON.</param>
internal sealed record NamedTool(string? Namespace, string Name, bool IsCustom);
