namespace Nura.Api.Gateway;

/// <summary>Header by which a caller says what kind of agent asks, such as <c>architect</c> or <c>dev</c>: rules may go by it, and usage is counted by it.</summary>
internal static class AgentHeader
{
    public const string Name = "x-nura-agent";

    /// <summary>Characters that usage keeps; who says more is not meant.</summary>
    private const int MostLength = 64;

    public static string? Of(HttpRequest request) => request.Headers[Name] is [{ Length: > 0 and <= MostLength } agent] ? agent : null;
}
