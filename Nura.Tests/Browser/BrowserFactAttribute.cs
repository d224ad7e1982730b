namespace Nura.Tests.Browser;

/// <summary>A test that needs Chromium: skipped where it is missing, but never in CI.</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && !File.Exists(BrowserScript.Browser))
        {
            Skip = $"{BrowserScript.Browser} is missing: install Chromium, or name it in CHROMIUM.";
        }
    }
}
