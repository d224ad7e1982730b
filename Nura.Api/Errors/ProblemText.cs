using Microsoft.AspNetCore.Mvc;

namespace Nura.Api.Errors;

/// <summary>A problem in one text, for dialects that have a single field for it.</summary>
internal static class ProblemText
{
    /// <summary>What happened and what to do about it. A title that is no sentence is a status in words and tells nothing beside a detail.</summary>
    public static string Of(ProblemDetails problem) => (problem.Title, problem.Detail) switch
    {
        ({ } title, { } detail) => title.EndsWith('.') ? $"{title} {detail}" : detail,
        _ => problem.Detail ?? problem.Title ?? "The request failed.",
    };
}
