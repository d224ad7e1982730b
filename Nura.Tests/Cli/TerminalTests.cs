using Nura.Cli;
using Nura.Contracts;

namespace Nura.Tests.Cli;

/// <summary>What reaches a terminal.</summary>
public sealed class TerminalTests
{
    [Theory]
    [InlineData("\u001b]0;owned\u0007\u001b[2J", "\u241b]0;owned\u2407\u241b[2J")]
    [InlineData("a\r\n\tb\rc\u007f", "a\n\tb\u240dc\u2421")]
    [InlineData("\u009b31m", "\ufffd31m")]
    [InlineData("int añadir\t= 1;\n", "int añadir\t= 1;\n")]
    public async Task VisibleWriter_ControlCharacters_AreShown(string text, string shown)
    {
        var output = new StringWriter { NewLine = "\n" };
        await using var writer = new VisibleWriter(output);

        await writer.WriteAsync(text);
        await writer.WriteLineAsync(text);
        writer.Write(text);
        await writer.WriteLineAsync();

        Assert.Equal($"{shown}{shown}\n{shown}\n", output.ToString());
    }

    [Theory]
    [InlineData(20, "\r\u001b[Ka-very-long-reposit\n")]
    [InlineData(1, "\r\u001b[K\n")]
    [InlineData(200, "\r\u001b[Ka-very-long-repository-name [........................] queued\n")]
    [InlineData(null, "a-very-long-repository-name [........................] queued\n")]
    public async Task ProgressBar_LineLongerThanTheTerminal_IsCut(int? width, string shown)
    {
        var output = new StringWriter { NewLine = "\n" };
        var bar = new ProgressBar(output, "a-very-long-repository-name", width);

        await bar.ShowAsync(new IndexProgress(RepositoryState.Queued, 0, 0, 0, 0, 0, null, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch));
        await bar.EndAsync();

        Assert.Equal(shown, output.ToString());
    }
}
