using ModelContextProtocol;
using Nura.Contracts;

namespace Nura.Api.Mcp;

/// <summary>Tells a tool's caller why it failed: of other exceptions the protocol's library tells nothing.</summary>
internal static class ToolProblems
{
    /// <exception cref="McpException">The service refused, or is out of reach.</exception>
    public static async Task<T> ToldAsync<T>(this Task<T> work)
    {
        try
        {
            return await work;
        }
        catch (ProblemException problem)
        {
            throw Of(problem.Title, problem.Detail);
        }
    }

    public static McpException Of(string title, string? detail) => new(detail is null ? title : $"{title} {detail}");
}
