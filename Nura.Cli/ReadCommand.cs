using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Nura.Contracts;

namespace Nura.Cli;

/// <summary>"read": the lines of a citation, or of a file.</summary>
internal static partial class ReadCommand
{
    public static Command Create()
    {
        var place = new Argument<string>("place") { Description = "A citation (repository@commit:path#L1-L9), or repository:path, with #L1-L9 if you like." };
        var reference = new Option<string?>("--ref") { Description = "Branch, tag or commit to read repository:path at." };
        return Connection.Run(new Command("read", "Writes lines of a file at a commit.") { place, reference }, async (parse, nura, cancellationToken) =>
        {
            var text = parse.GetValue(place)!;
            var lines = Citation.TryParse(text, out var citation)
                ? await nura.Rag.FileAsync(citation, cancellationToken)
                : await nura.Rag.ReadAsync(Request(text, parse.GetValue(reference)), cancellationToken);
            await (nura.AsJson ? nura.WriteJsonAsync(lines) : nura.Output.WriteLineAsync(lines.Text));
            return ExitCodes.Done;
        });
    }

    private static ReadFile Request(string text, string? reference) => Place().Match(text) is { Success: true } match
        ? new ReadFile(match.Groups["repository"].Value, match.Groups["path"].Value, reference, Line(match.Groups["start"]) ?? 1, Line(match.Groups["end"]) ?? Line(match.Groups["start"]))
        : throw new ProblemException(400, $"\"{text}\" names no file.", "Write repository@commit:path#L1-L9 or repository:path.");

    private static int? Line(Group group) => group.Success && int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var line) ? line : null;

    [GeneratedRegex(@"\A(?<repository>[A-Za-z0-9._/-]+):(?<path>.+?)(#L(?<start>[0-9]{1,9})(-L?(?<end>[0-9]{1,9}))?)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Place();
}
