namespace Nura.Tests.Models;

internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(string text) => File.WriteAllText(Path, text);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"nura-{Guid.CreateVersion7():N}.json");

    public void Dispose() => File.Delete(Path);
}
