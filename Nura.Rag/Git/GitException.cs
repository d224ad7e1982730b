namespace Nura.Rag.Git;

/// <summary>The <c>git</c> command ended with an error.</summary>
/// <param name="exitCode">Its exit code.</param>
/// <param name="errors">The end of what it wrote to its standard error.</param>
internal sealed class GitException(int exitCode, string errors) : Exception($"git ended with code {exitCode}: {errors}")
{
    /// <summary>The end of what git wrote to its standard error.</summary>
    public string Errors => errors;
}
