namespace Nura.ServiceDefaults.Text;

/// <summary>Shortens texts between characters: half of a surrogate pair is no text, and the database's client refuses all it is sent with it.</summary>
public static class TextCut
{
    /// <summary>The beginning of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">Most UTF-16 units, at least 1; one less where a pair would be parted.</param>
    public static ReadOnlySpan<char> AtMost(this ReadOnlySpan<char> text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <inheritdoc cref="AtMost(ReadOnlySpan{char}, int)"/>
    public static string AtMost(this string text, int most) => text.Length <= most ? text : text.AsSpan().AtMost(most).ToString();
}
