namespace Nura.Tests.Browser;

/// <summary>A test that needs Chromium: skipped where it is missing, but never in CI.</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        var browser = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium";
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            return;
        }

        Skip = File.Exists(browser) ? null : $"{browser} is missing: install Chromium, or name it in CHROMIUM.";
    }
}
