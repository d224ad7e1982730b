namespace Nura.Api.Gateway;

/// <summary>What a tool gave back is text to most models; images in it are shown by its user right after.</summary>
internal static class ShownResult
{
    private const string Follows = "(Its images follow.)";

    /// <summary>The text of a result that has images besides.</summary>
    /// <param name="text">What it says; may be empty.</param>
    /// <param name="hasImages">Whether it shows something.</param>
    public static string Text(string text, bool hasImages) => !hasImages ? text : text.Length == 0 ? Follows : $"{text}\n{Follows}";
}
