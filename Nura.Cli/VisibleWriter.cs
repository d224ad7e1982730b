using System.Text;

namespace Nura.Cli;

/// <summary>Passes text on with its control characters visible, so that a file's content cannot steer the terminal it is shown on. Tabs and line breaks stay.</summary>
internal sealed class VisibleWriter(TextWriter inner) : TextWriter
{
    private const char FirstPicture = '\u2400';

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => inner.Write(Visible(value));

    public override void Write(string? value) => inner.Write(Visible(value));

    public override Task WriteAsync(string? value) => inner.WriteAsync(Visible(value));

    public override Task WriteLineAsync(string? value) => inner.WriteLineAsync(Visible(value?.TrimEnd('\r')));

    public override Task WriteLineAsync() => inner.WriteLineAsync();

    public override void Flush() => inner.Flush();

    public override Task FlushAsync() => inner.FlushAsync();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    // Both characters of a line break that has two are one to a terminal.
    private static string? Visible(string? text) => text is null || !text.Any(IsUnseen) ? text
        : string.Concat(text.Replace("\r\n", "\n", StringComparison.Ordinal).Select(Visible));

    // Unicode has a picture for each control character of ASCII, in their order; those above have none.
    private static char Visible(char value) => !IsUnseen(value) ? value
        : value < ' ' ? (char)(FirstPicture + value)
        : value == '\u007f' ? '\u2421'
        : '\ufffd';

    private static bool IsUnseen(char value) => char.IsControl(value) && value is not ('\t' or '\n');
}
