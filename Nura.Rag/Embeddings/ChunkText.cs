using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Nura.Rag.Embeddings;

/// <summary>What of a chunk is embedded, and under which name its vector is kept.</summary>
internal static class ChunkText
{
    /// <summary>The declaration a chunk is of, as a heading, and its lines. Not its path: a file that moves keeps its vectors.</summary>
    public static string Of(string? symbol, string content) => symbol is null ? content : $"{symbol}\n{content}";

    /// <summary>SHA-256 of a text.</summary>
    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>A vector as PostgreSQL reads it.</summary>
    public static string Write(ReadOnlySpan<float> vector)
    {
        var text = new StringBuilder("[", (vector.Length * 10) + 2);
        foreach (var value in vector)
        {
            // Half precision has not more digits.
            text.Append(text.Length > 1 ? "," : "").Append(CultureInfo.InvariantCulture, $"{value:G5}");
        }

        return text.Append(']').ToString();
    }
}
