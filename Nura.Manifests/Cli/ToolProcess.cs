using System.ComponentModel;
using System.Diagnostics;

namespace Nura.Manifests.Cli;

/// <summary>Runs the tools a step stands on: dotnet, helm, kubectl, docker, git.</summary>
internal static class ToolProcess
{
    /// <summary>Runs to the end. What the tool prints goes to <paramref name="output"/> line by line.</summary>
    /// <exception cref="ManifestToolException">The tool is not installed, or ends with another code than 0.</exception>
    public static async Task RunAsync(string tool, IEnumerable<string> arguments, TextWriter output, CancellationToken cancellationToken, string? input = null)
    {
        var list = arguments.ToList();
        var (code, _, error) = await ExecuteAsync(tool, list, null, null, input, output, cancellationToken);
        if (code != 0)
        {
            throw new ManifestToolException($"'{tool} {list.FirstOrDefault()}' ended with code {code}: {Last(error)}");
        }
    }

    /// <summary>Runs to the end and returns everything.</summary>
    /// <param name="tool">Name or path of the program.</param>
    /// <param name="arguments">Passed one by one; no shell is involved.</param>
    /// <param name="workingDirectory">Null for the current one.</param>
    /// <param name="environment">Set on top of the inherited environment.</param>
    /// <param name="input">Written to standard input, which is then closed.</param>
    /// <param name="echo">Receives output and errors as they come; null to stay silent.</param>
    /// <param name="cancellationToken">Ends the process and its children.</param>
    public static async Task<(int Code, string Output, string Error)> ExecuteAsync(
        string tool,
        IEnumerable<string> arguments,
        string? workingDirectory,
        IReadOnlyDictionary<string, string>? environment,
        string? input,
        TextWriter? echo,
        CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(tool, arguments)
        {
            WorkingDirectory = workingDirectory ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception exception)
        {
            throw new ManifestToolException($"'{tool}' could not be started: {exception.Message}. Install it and make sure it is on PATH.", exception);
        }

        using (process)
        {
            try
            {
                var output = ReadAsync(process!.StandardOutput, echo, cancellationToken);
                var error = ReadAsync(process.StandardError, echo, cancellationToken);
                if (input is not null)
                {
                    await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
                }

                process.StandardInput.Close();
                await process.WaitForExitAsync(cancellationToken);
                return (process.ExitCode, await output, await error);
            }
            catch (OperationCanceledException)
            {
                process!.Kill(entireProcessTree: true);
                throw;
            }
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, TextWriter? echo, CancellationToken cancellationToken)
    {
        if (echo is null)
        {
            return await reader.ReadToEndAsync(cancellationToken);
        }

        var text = new System.Text.StringBuilder();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            text.Append(line).Append('\n');
            await echo.WriteLineAsync(line.AsMemory(), cancellationToken);
        }

        return text.ToString();
    }

    private static string Last(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "it printed no reason";
}
