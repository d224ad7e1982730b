using System.Diagnostics;
using Nura.Tests.House;

namespace Nura.Tests.Browser;

/// <summary>Runs a script of <c>tools/browser</c>, which drives a real Chromium; installs its packages by their lock file first.</summary>
internal static class BrowserScript
{
    // Without windows to draw it takes half the processor time for the same pages.
    private const string Headless = "/usr/bin/chromium-headless-shell";

    /// <summary>Set it to a folder to keep screenshots of every step.</summary>
    private static readonly string? s_screenshots = Environment.GetEnvironmentVariable("NURA_TEST_SCREENSHOTS");

    private static readonly string s_folder = Path.Combine(SourceTree.Root, "tools", "browser");

    private static readonly Lazy<Task> s_installed = new(InstallAsync);

    /// <summary>Path of the browser.</summary>
    public static string Browser { get; } = Environment.GetEnvironmentVariable("CHROMIUM") ?? (File.Exists(Headless) ? Headless : "/usr/bin/chromium");

    /// <returns>What the script printed. Fails the test if it exits with an error.</returns>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        await s_installed.Value;
        string[] screenshots = s_screenshots is null ? [] : [Directory.CreateDirectory(s_screenshots).FullName];
        var (exitCode, output) = await RunAsync(new ProcessStartInfo("node", [script, .. arguments, .. screenshots]));
        Assert.True(exitCode == 0, output);
        return output;
    }

    private static async Task InstallAsync()
    {
        var (exitCode, output) = await RunAsync(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund"]));
        Assert.True(exitCode == 0, output);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(ProcessStartInfo start)
    {
        start.WorkingDirectory = s_folder;
        start.RedirectStandardError = true;
        start.RedirectStandardOutput = true;
        start.Environment["CHROMIUM"] = Browser;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }
}
