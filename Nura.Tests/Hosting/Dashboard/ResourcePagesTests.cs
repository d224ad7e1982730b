using System.Net;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Nura.Tests.Hosting.Dashboard;

public sealed partial class ResourcePagesTests
{
    private const string Secret = "canary-7f3a9c/+&";

    private readonly DemoResource _rag = new("rag");

    [Fact(Timeout = 180_000)]
    public async Task Resources_Running_ShowStateSourceAddressAndCommands()
    {
        await using var dashboard = await StartAsync();
        await dashboard.PublishAsync(_rag, snapshot => _rag.Running(snapshot));

        var page = await dashboard.PageShowingAsync("/", "rag.csproj");

        Assert.Contains("Running", page, StringComparison.Ordinal);
        Assert.Contains("http://localhost:5180", page, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"Stop rag\"", page, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Environment_Secrets_AreMaskedEverywhere()
    {
        await using var dashboard = await StartAsync();
        await dashboard.PublishAsync(_rag, snapshot => _rag.Running(
            snapshot,
            ("ConnectionStrings__nura", $"Host=localhost;Username=postgres;Password={Secret}"),
            ("NURA_URI", $"postgresql://postgres:{Uri.EscapeDataString(Secret)}@localhost:5432/nura"),
            ("OTHER_URI", "redis://:unknown-to-the-model@localhost:6379"),
            ("LLM_API_KEY", "sk-not-a-parameter"),
            ("Nura__Models__Servers__local__ApiKey", "sk-of-a-server"),
            ("Nura__Rag__Tokens__git.example.org", "token-of-a-host"),
            ("Greeting", $"the secret is {Secret}."),
            ("OTEL_EXPORTER_OTLP_HEADERS", $"x-otlp-api-key={TestDashboard.OtlpKey}"),
            ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("services__agents__http__0", "http://localhost:5182")));

        var page = await dashboard.PageShowingAsync("/resources/rag", "ASPNETCORE_ENVIRONMENT");

        Assert.Contains("Host=localhost;Username=postgres;Password=••••••", page, StringComparison.Ordinal);
        Assert.Contains("postgresql://postgres:••••••@localhost:5432/nura", page, StringComparison.Ordinal);
        Assert.Contains("http://localhost:5182", page, StringComparison.Ordinal);
        Assert.Contains("Development", page, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", page, StringComparison.Ordinal);
        Assert.DoesNotContain("unknown-to-the-model", page, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-not-a-parameter", page, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-of-a-server", page, StringComparison.Ordinal);
        Assert.DoesNotContain("token-of-a-host", page, StringComparison.Ordinal);
        Assert.DoesNotContain(TestDashboard.OtlpKey, page, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Commands_WithTheFormOfAPage_ChangeTheResource()
    {
        await using var dashboard = await StartAsync();
        await dashboard.PublishAsync(_rag, snapshot => _rag.Running(snapshot));
        var form = FormToken().Match(await dashboard.PageShowingAsync("/", "Stop rag")).Groups[1].Value;

        using var refused = await CommandAsync(dashboard, "guessed", KnownResourceCommands.StopCommand);
        using var foreign = await CommandAsync(dashboard, form, KnownResourceCommands.StopCommand, "http://elsewhere.example");
        using var impossible = await CommandAsync(dashboard, form, KnownResourceCommands.StartCommand);
        using var unknown = await CommandAsync(dashboard, form, "resource-explode");
        using var done = await CommandAsync(dashboard, form, KnownResourceCommands.StopCommand);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, impossible.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, done.StatusCode);
        await dashboard.PageShowingAsync("/", KnownResourceStates.Finished);
    }

    [Fact(Timeout = 180_000)]
    public async Task Console_Lines_AreStreamedColouredMaskedAndEncoded()
    {
        await using var dashboard = await StartAsync();
        await dashboard.PublishAsync(_rag, snapshot => _rag.Running(snapshot));
        await dashboard.PageShowingAsync("/console?resource=rag", "Console of rag");
        var console = dashboard.Consoles.GetLogger(_rag);
        console.LogInformation("before the page was opened");
        console.LogInformation("\u001b[32mgreen\u001b[0m <script>alert(1)</script> \u001b[2Kkept");

        using var stream = new StreamReader(await dashboard.Client.GetStreamAsync("/console/stream?resource=rag"));
        console.LogError("password is {Value}", Secret);
        var text = "";
        while (!text.Contains("password is", StringComparison.Ordinal))
        {
            text += await stream.ReadLineAsync();
        }

        Assert.Contains("before the page was opened", text, StringComparison.Ordinal);
        Assert.Contains("<span class=\"a2\">green</span> &lt;script&gt;alert(1)&lt;/script&gt; kept", text, StringComparison.Ordinal);
        Assert.Contains("<div class=\"err\">password is ••••••</div>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Console_Reconnected_GoesOnAfterTheLastLine()
    {
        await using var dashboard = await StartAsync();
        await dashboard.PublishAsync(_rag, snapshot => _rag.Running(snapshot));
        await dashboard.PageShowingAsync("/", "rag");
        var console = dashboard.Consoles.GetLogger(_rag);
        console.LogInformation("first");
        console.LogInformation("second");

        using var stream = new StreamReader(await dashboard.Client.GetStreamAsync("/console/stream?resource=rag&after=1"));
        var text = "";
        while (!text.Contains("second", StringComparison.Ordinal))
        {
            text += await stream.ReadLineAsync();
        }

        Assert.DoesNotContain("first", text, StringComparison.Ordinal);
    }

    private async Task<TestDashboard> StartAsync()
    {
        var dashboard = await TestDashboard.StartAsync(builder =>
        {
            builder.AddResource(new ParameterResource("database-password", _ => Secret, secret: true));
            builder.AddResource(_rag);
        });
        await dashboard.LogInAsync();
        return dashboard;
    }

    private static async Task<HttpResponseMessage> CommandAsync(TestDashboard dashboard, string form, string command, string? origin = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/commands")
        {
            Content = new FormUrlEncodedContent([new("form", form), new("resource", "rag"), new("command", command)]),
        };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return await dashboard.Client.SendAsync(request);
    }

    [GeneratedRegex("name=\"form\" value=\"([0-9a-f]+)\"")]
    private static partial Regex FormToken();
}
