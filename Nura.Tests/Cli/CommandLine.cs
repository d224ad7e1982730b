using System.CommandLine;
using Nura.Cli;
using Nura.Tests.Api;

namespace Nura.Tests.Cli;

/// <summary>Runs the command-line tool in this process.</summary>
internal static class CommandLine
{
    public static Task<(int Code, string Output, string Error)> RunAsync(string url, params string[] arguments) => RunAsync(url, (TextReader?)null, arguments);

    public static async Task<(int Code, string Output, string Error)> RunAsync(string url, TextReader? piped, params string[] arguments)
    {
        // Read by nothing else in this process.
        Environment.SetEnvironmentVariable("NURA_KEY", RunningNura.Key);
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var code = await EntryPoint.RunAsync(["--url", url, .. arguments], new InvocationConfiguration { Output = output, Error = error }, piped);
        return (code, output.ToString(), error.ToString());
    }
}
