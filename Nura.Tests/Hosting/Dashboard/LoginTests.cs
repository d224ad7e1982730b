using System.Net;

namespace Nura.Tests.Hosting.Dashboard;

public sealed class LoginTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/logs?level=Error")]
    [InlineData("/console")]
    public async Task Pages_WithoutLogin_LeadToTheLogin(string path)
    {
        await using var dashboard = await TestDashboard.StartAsync();

        using var answer = await dashboard.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal($"/login?returnUrl={Uri.EscapeDataString(path)}", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Commands_WithoutLogin_AreRefused()
    {
        await using var dashboard = await TestDashboard.StartAsync();

        using var answer = await dashboard.Client.PostAsync("/commands", new FormUrlEncodedContent([new("resource", "rag"), new("command", "resource-stop")]));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task LoginLink_RightToken_SetsAStrictCookieAndOpensThePages()
    {
        await using var dashboard = await TestDashboard.StartAsync();

        using var answer = await dashboard.Client.GetAsync(dashboard.LoginUrl);

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(TestDashboard.BrowserToken, cookie, StringComparison.Ordinal);
        Assert.Equal("/", answer.Headers.Location?.OriginalString);
        Assert.Contains("<h1>Resources</h1>", await dashboard.PageAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_WrongToken_SaysSo()
    {
        await using var dashboard = await TestDashboard.StartAsync();

        using var link = await dashboard.Client.GetAsync("/login?t=wrong");
        using var form = await dashboard.Client.PostAsync("/login", new FormUrlEncodedContent([new("t", "wrong")]));

        Assert.Equal(HttpStatusCode.Unauthorized, link.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, form.StatusCode);
        Assert.Contains("not the one of the running AppHost", await form.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(form.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("/traces", "/traces")]
    [InlineData("//elsewhere.example/", "/")]
    [InlineData("/\\elsewhere.example", "/")]
    [InlineData("https://elsewhere.example/", "/")]
    public async Task LoginForm_ReturnUrl_StaysOnThisSite(string asked, string given)
    {
        await using var dashboard = await TestDashboard.StartAsync();

        using var answer = await dashboard.Client.PostAsync("/login", new FormUrlEncodedContent([new("t", TestDashboard.BrowserToken), new("returnUrl", asked)]));

        Assert.Equal(given, answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Pages_AnonymousAccessAllowed_NeedNoLogin()
    {
        await using var dashboard = await TestDashboard.StartAsync(browserToken: null);

        Assert.Contains("<title>Resources · Nura</title>", await dashboard.PageAsync("/"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("nura.localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("rebound.example", HttpStatusCode.BadRequest)]
    public async Task Pages_HostHeader_MustNameThisMachine(string host, HttpStatusCode expected)
    {
        await using var dashboard = await TestDashboard.StartAsync(browserToken: null);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = host } };

        using var answer = await dashboard.Client.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Pages_Answers_ForbidForeignContent()
    {
        await using var dashboard = await TestDashboard.StartAsync(browserToken: null);

        using var answer = await dashboard.Client.GetAsync("/");

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }
}
