using System.Globalization;
using Nura.Contracts;

namespace Nura.Cli;

/// <summary>Text that another program pipes into the tool.</summary>
internal static class PipedText
{
    private const int MostCharacters = 200_000;

    /// <summary>All of it; empty if nothing is piped.</summary>
    /// <param name="input">What is piped; <see langword="null"/> if standard input is a terminal.</param>
    /// <param name="cancellationToken">Stops waiting for the other program.</param>
    /// <exception cref="ProblemException">It is longer than a question may be.</exception>
    public static async Task<string> ReadAsync(TextReader? input, CancellationToken cancellationToken)
    {
        if (input is null)
        {
            return "";
        }

        // Standard input blocks whoever reads it, whatever the method is called.
        var buffer = new char[MostCharacters + 1];
        var length = await Task.Run(() => input.ReadBlock(buffer), cancellationToken).WaitAsync(cancellationToken);
        return length <= MostCharacters ? new string(buffer, 0, length).Trim() : throw new ProblemException(
            413, string.Create(CultureInfo.InvariantCulture, $"What is piped in is longer than {MostCharacters} characters."), "Pipe in the part that the question is about.");
    }
}
