using ModelContextProtocol.Protocol;

namespace Nura.Api.Mcp;

/// <summary>The Model Context Protocol over HTTP, for tools that bring their own model and ask Nura what the code says. Without sessions: any replica answers any request.</summary>
internal static class McpEndpoints
{
    private const string Instructions =
        "Nura has the team's repositories indexed. Use search first, then read_file for more of a file. Every piece comes with its citation, repository@commit:path#Lx-Ly: repeat it when you state what the code says.";

    public static void AddMcp(this IHostApplicationBuilder builder) =>
        builder.Services.AddMcpServer(server =>
            {
                server.ServerInfo = new Implementation { Name = "nura", Version = typeof(McpEndpoints).Assembly.GetName().Version!.ToString(3) };
                server.ServerInstructions = Instructions;
            })
            .WithHttpTransport(transport => transport.Stateless = true)
            .WithRequestFilters(filters => filters.AddCallToolFilter(CallCheck.Before))
            .WithTools<RepositoryTools>()
            .WithTools<AskTool>();

    public static void MapMcpServer(this IEndpointRouteBuilder routes) => routes.MapMcp("/mcp").RequireAuthorization();
}
