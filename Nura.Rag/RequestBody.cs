using Nura.Contracts;

namespace Nura.Rag;

/// <summary>Reads bodies that are kept in memory, and no more of them than may be.</summary>
internal static class RequestBody
{
    /// <summary>The whole body.</summary>
    /// <param name="http">The request.</param>
    /// <param name="most">Most bytes.</param>
    /// <param name="tooLong">What is said of a longer one.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<byte[]> ReadAsync(HttpRequest http, long most, Func<ProblemException> tooLong, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = new byte[16_384];
        for (int count; (count = await http.Body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            content.Write(buffer, 0, count);
            if (content.Length > most)
            {
                throw tooLong();
            }
        }

        return content.ToArray();
    }
}
