using Microsoft.AspNetCore.Http;
using Nura.Api.Mcp;
using Nura.Contracts;
using Nura.Tests.Fakes;

namespace Nura.Tests.Api;

public sealed class RepositoryToolsTests
{
    private static readonly Citation s_all = new("shop", "0123456789ab", "a.txt", 11, 3_010);

    [Fact]
    public void Read_FileTooLongForOneAnswer_IsCutBehindALineAndSaysWhereToGoOn()
    {
        var line = new string('x', 99);

        var answer = RepositoryTools.Read(s_all, string.Join('\n', Enumerable.Repeat(line, 3_000)), 5_000);

        Assert.StartsWith($"shop@0123456789ab:a.txt#L11-L610 of 5000 lines\n{line}\n", answer, StringComparison.Ordinal);
        Assert.EndsWith($"\n{line}\nCut here, after 59999 characters: go on with startLine 611.", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LineTooLongForOneAnswer_IsCutInIt()
    {
        var answer = RepositoryTools.Read(s_all with { EndLine = 12 }, $"{new string('x', 100_000)}\nlast", 12);

        Assert.StartsWith("shop@0123456789ab:a.txt#L11-L11 of 12 lines\nx", answer, StringComparison.Ordinal);
        Assert.EndsWith("x\nCut here, after 60000 characters: go on with startLine 12.", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FileThatFits_IsWhole() =>
        Assert.Equal("shop@0123456789ab:a.txt#L11-L12 of 12 lines\none\ntwo", RepositoryTools.Read(s_all with { EndLine = 12 }, "one\ntwo", 12));

    [Fact(Timeout = 180_000)]
    public async Task Grep_TimeRanOut_SaysThatNotAllWasSearched()
    {
        await using var rag = await FakeRag.StartAsync();
        rag.Instead = async http =>
        {
            await http.Response.WriteAsJsonAsync(new GrepAnswer([], "shop@0123456789ab:b.cs#L1-L1", 7, TimedOut: true), ContractsJson.Options);
            return true;
        };
        using var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = new Uri(rag.Url) };

        var answer = await new RepositoryTools(new RagClient(http)).GrepAsync("vault");

        Assert.Equal("The time ran out after 7 files: what is in the others is not known. Narrow it down by repository or path.", answer);
    }
}
