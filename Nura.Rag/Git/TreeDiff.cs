using System.Text;

namespace Nura.Rag.Git;

/// <summary>What one commit changes against another.</summary>
/// <param name="Present">Files that are new or other than before; sizes are not known.</param>
/// <param name="Gone">Paths that are no more.</param>
internal sealed record TreeDiff(IReadOnlyList<TreeEntry> Present, IReadOnlyList<string> Gone)
{
    /// <summary>Compares two commits file by file.</summary>
    /// <param name="git">Starts git.</param>
    /// <param name="directory">The mirror.</param>
    /// <param name="from">The commit before.</param>
    /// <param name="to">The commit after.</param>
    /// <param name="most">Most files.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <returns>The difference, or <see langword="null"/> if more files differ or a commit is not there.</returns>
    public static async Task<TreeDiff?> ReadAsync(GitCommand git, string directory, string from, string to, int most, CancellationToken cancellationToken)
    {
        await using var process = git.Start(["--git-dir", directory, "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none", "--end-of-options", from, to]);
        process.Input.Close();
        var present = new List<TreeEntry>();
        var gone = new List<string>();
        string[]? head = null;
        foreach (var record in process.Records())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (head is null)
            {
                // ":<mode before> <mode> <oid before> <oid> <status>", then the path
                head = Encoding.ASCII.GetString(record).Split(' ');
            }
            else
            {
                var path = GitPath.Decode(record, out var isText);
                if (head[4] == "D")
                {
                    gone.Add(path);
                }
                else
                {
                    present.Add(new TreeEntry(path, head[3], head[1], 0, isText));
                }

                head = null;
            }

            if (present.Count + gone.Count > most)
            {
                return null;
            }
        }

        try
        {
            await process.EndAsync(cancellationToken);
        }
        catch (GitException)
        {
            // The commit before is no longer there: the mirror was lost, or the history rewritten and cleaned up.
            return null;
        }

        return new TreeDiff(present, gone);
    }
}
