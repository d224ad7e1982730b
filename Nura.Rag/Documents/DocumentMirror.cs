using System.Globalization;
using System.Text;
using Nura.Rag.Git;

namespace Nura.Rag.Documents;

/// <summary>Makes a mirror of uploaded documents, one commit for each change, so that all that reads repositories reads them too.</summary>
/// <remarks>Stream: git-fast-import(1). Names and times are those of the changes, so a mirror made anew has the same commits.</remarks>
internal sealed class DocumentMirror(DocumentStore store, GitCommand git)
{
    private const string Branch = "refs/heads/main";

    /// <summary>Adds what the mirror does not have yet.</summary>
    public async Task UpdateAsync(Guid repository, GitMirror mirror, CancellationToken cancellationToken)
    {
        await mirror.PrepareAsync(cancellationToken);
        var has = await mirror.ResolveAsync("main", cancellationToken) is not null;
        var known = has ? long.Parse(await git.RunAsync(["--git-dir", mirror.Directory, "rev-list", "--count", Branch], cancellationToken), CultureInfo.InvariantCulture) : 0;
        await using var process = git.Start(["--git-dir", mirror.Directory, "fast-import", "--quiet", "--done"]);
        var first = has;
        await foreach (var change in store.ReadAsync(repository, known, cancellationToken))
        {
            var message = $"{(change.Content is null ? "Remove" : "Upload")} {change.Path}";
            await WriteAsync(process, $"commit {Branch}\ncommitter Nura <documents@nura.invalid> {change.At.ToUnixTimeSeconds()} +0000\ndata {Encoding.UTF8.GetByteCount(message)}\n{message}\n", cancellationToken);
            if (first)
            {
                await WriteAsync(process, $"from {Branch}^0\n", cancellationToken);
                first = false;
            }

            if (change.Content is null)
            {
                await WriteAsync(process, $"D {change.Path}\n\n", cancellationToken);
                continue;
            }

            await WriteAsync(process, $"M 100644 inline {change.Path}\ndata {change.Content.Length}\n", cancellationToken);
            await process.Input.WriteAsync(change.Content, cancellationToken);
            await WriteAsync(process, "\n\n", cancellationToken);
        }

        await WriteAsync(process, "done\n", cancellationToken);
        process.Input.Close();
        await process.EndAsync(cancellationToken);
        if (await mirror.ResolveAsync("main", cancellationToken) is { } commit)
        {
            await git.RunAsync(["--git-dir", mirror.Directory, "update-ref", GitMirror.HeadCopy, commit], cancellationToken);
        }
    }

    private static ValueTask WriteAsync(GitProcess process, string text, CancellationToken cancellationToken) => process.Input.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
}
