namespace Nura.Rag.History;

/// <summary>What is kept of a commit.</summary>
/// <param name="Sha">Its id.</param>
/// <param name="Time">When it was committed.</param>
/// <param name="Subject">First line of its message.</param>
/// <param name="Files">Paths it touched, as they were after it.</param>
/// <param name="Renames">Files it moved.</param>
/// <param name="Terms">Encoded words of its message and changes, or <see langword="null"/> if it touched too many files.</param>
internal sealed record CommitDoc(
    string Sha, DateTimeOffset Time, string Subject, IReadOnlyList<string> Files, IReadOnlyList<(string Old, string New)> Renames, byte[]? Terms);
