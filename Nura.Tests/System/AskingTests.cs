using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;
using Nura.Tests.Databases;
using OpenAI.Chat;

namespace Nura.Tests.WholeSystem;

/// <summary>What a user does with the running system, on each kind of database.</summary>
public sealed class AskingTests
{
    private const int Hang = 280_000;
    private const string Question = "How is the discount of loyal members computed?";

    [Theory(Timeout = Hang), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task System_AskedWithOpenAisClient_CitesVerifiedLines(string engine)
    {
        await using var system = await AskableSystem.StartAsync(engine);
        await system.IndexedAsync();

        Assert.Contains("[shop@", await AskAsync(system), StringComparison.Ordinal);
        await CitationsAreVerifiedAsync(system);
        await RestartsAsync(system);
    }

    private static async Task CitationsAreVerifiedAsync(AskableSystem system)
    {
        using var response = await system.Http.PostAsJsonAsync("/v1/chat/completions", new { model = "nura", messages = new[] { new { role = "user", content = Question } } });
        var nura = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["nura"]!;
        var cited = (string)nura["citations"]![0]!;

        var lines = await system.Http.GetFromJsonAsync<JsonObject>($"/api/file?citation={Uri.EscapeDataString(cited)}");

        Assert.Equal(0, (int)nura["citations_removed"]!);
        Assert.Contains("discount", (string)lines!["text"]!, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A service killed is seen as down, and is back after the dashboard's command, with what it knew.</summary>
    private static async Task RestartsAsync(AskableSystem system)
    {
        var notifications = system.App.ResourceNotifications;
        var running = await notifications.WaitForResourceHealthyAsync("rag");
        var pid = (int)running.Snapshot.Properties.Single(property => property.Name is "executable.pid" or "Process").Value!;

        System.Diagnostics.Process.GetProcessById(pid).Kill();
        await notifications.WaitForResourceAsync("rag", KnownResourceStates.TerminalStates);
        using (var down = await system.Http.PostAsJsonAsync("/api/search", new { query = "discount" }))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, down.StatusCode);
        }

        var started = await system.App.ResourceCommands.ExecuteCommandAsync("rag", KnownResourceCommands.StartCommand);
        Assert.True(started.Success);
        await notifications.WaitForResourceHealthyAsync("rag");
        await system.IndexedAsync();

        Assert.Contains("[shop@", await AskAsync(system), StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(AskableSystem system)
    {
        var text = "";
        await foreach (var update in system.Client("nura").CompleteChatStreamingAsync([new UserChatMessage(Question)]))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        }

        return text;
    }
}
