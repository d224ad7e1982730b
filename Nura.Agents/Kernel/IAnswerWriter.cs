using Nura.Contracts;

namespace Nura.Agents.Kernel;

/// <summary>Takes an answer piece by piece.</summary>
public interface IAnswerWriter
{
    /// <summary>Appends text.</summary>
    ValueTask WriteAsync(string text, CancellationToken cancellationToken);

    /// <summary>Lines that the index has given out in this run.</summary>
    void Know(FileLines lines);
}
