using Nura.Contracts;
using Nura.Models;

namespace Nura.Rag.Search;

/// <summary>On whose account the calls of models are that help a search: that of whoever sent the request under way. Work that nobody asked for is nobody's.</summary>
internal sealed class SearchCaller(IHttpContextAccessor context)
{
    private const string Agent = "search";
    private static readonly Caller s_nobody = new(Agent: Agent);

    public Caller Current => Account.Read(context.HttpContext?.Request.Headers[Account.Header]) is { } account
        ? new Caller(account.Key.ToString(), account.User, account.Team, Agent)
        : s_nobody;
}
