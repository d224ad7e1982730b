using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Nura.Hosting.Dashboard.Pages;

/// <summary>
/// A piece of finished HTML. <c>Html.Of($"...")</c> is the only way to make one: the literal parts are ours, every
/// hole is encoded unless it is itself <see cref="Html"/>. A text of a service can therefore never become markup.
/// </summary>
internal readonly struct Html
{
    public static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly string? _text;

    private Html(string text) => _text = text;

    public static Html Of(Handler handler) => new(handler.ToString());

    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts));

    public static Html If(bool condition, Func<Html> part) => condition ? part() : default;

    public override string ToString() => _text ?? "";

    /// <summary>Collects the literal and the encoded parts of an interpolated string.</summary>
    [InterpolatedStringHandler]
    public readonly struct Handler(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));

        public void AppendLiteral(string value) => _text.Append(value);

        public void AppendFormatted(Html value) => _text.Append(value._text);

        public void AppendFormatted(IEnumerable<Html> values) => _text.AppendJoin("", values);

        public void AppendFormatted(string? value) => _text.Append(Encoder.Encode(value ?? ""));

        public void AppendFormatted(int value) => _text.Append(CultureInfo.InvariantCulture, $"{value}");

        public void AppendFormatted(double value) => _text.Append(CultureInfo.InvariantCulture, $"{value:0.##}");

        public override string ToString() => _text.ToString();
    }
}
