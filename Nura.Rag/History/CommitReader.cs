using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Nura.Rag.Git;
using Nura.Rag.Ranking;
using Nura.Rag.Text;
using Nura.ServiceDefaults.Text;

namespace Nura.Rag.History;

/// <summary>Reads commits with their changes from a mirror.</summary>
/// <param name="git">Starts git.</param>
/// <param name="mirror">The mirror.</param>
/// <param name="accept">Whether the changes of a path count; what is kept out of the index has no say here either.</param>
internal sealed partial class CommitReader(GitCommand git, GitMirror mirror, Func<string, bool> accept)
{
    /// <summary>Of what is kept of a commit. Raise it when that changes: commits are then read anew.</summary>
    public const int Format = 3;

    // A commit that touches more says nothing about any one of them.
    private const int MostFiles = 20;
    private const int MostLines = 3000;
    private const int LongestLine = 1000;

    /// <summary>How often each word of a message counts. A word that counts less often is of the change alone.</summary>
    public const int MessageWeight = 3;

    private readonly CodeTokenizer _tokenizer = new();
    private readonly BlobTermsWriter _writer = new(new Vocabulary());

    /// <summary>The newest commits that one descends from, merges left out.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string commit, int most, CancellationToken cancellationToken) =>
        (await git.RunAsync(
            ["--git-dir", mirror.Directory, "rev-list", "--no-merges", string.Create(CultureInfo.InvariantCulture, $"--max-count={most}"), "--end-of-options", commit],
            cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Reads commits in the order given.</summary>
    public async IAsyncEnumerable<CommitDoc> ReadAsync(IReadOnlyList<string> commits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Big files count as binary: their changes are not read, and memory stays bounded.
        await using var process = git.Start(
            ["--git-dir", mirror.Directory, "-c", "core.bigFileThreshold=1m", "-c", "core.quotePath=false", "log", "--no-walk=unsorted", "--stdin", "--format=%x01%H %ct%n%B%x02",
             "--raw", "--patch", "--unified=0", "--find-renames", "--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all"]);
        var feeding = FeedAsync(process, commits, cancellationToken);
        using var reader = new StreamReader(process.Output, Encoding.UTF8);
        var record = new List<string>();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (record.Count > 0 && Head().IsMatch(line))
            {
                yield return Parse(record);
                record.Clear();
            }

            if (record.Count < MostLines)
            {
                record.Add(line.AtMost(LongestLine));
            }
        }

        await feeding;
        await process.EndAsync(cancellationToken);
        if (record.Count > 0)
        {
            yield return Parse(record);
        }
    }

    private static async Task FeedAsync(GitProcess process, IReadOnlyList<string> commits, CancellationToken cancellationToken)
    {
        await process.Input.WriteAsync(Encoding.ASCII.GetBytes(string.Join('\n', commits) + "\n"), cancellationToken);
        process.Input.Close();
    }

    // "\x01<sha> <seconds>", the message up to "\x02", raw lines, then the patch.
    private CommitDoc Parse(List<string> record)
    {
        _tokenizer.Trim();
        var head = record[0][1..].Split(' ');
        var end = record.FindIndex(line => line.EndsWith('\x02'));
        var message = record[1..Math.Max(end + 1, 1)];
        var files = new List<string>();
        var renames = new List<(string, string)>();
        var messageTerms = new List<int>();
        var changeTerms = new List<int>();
        foreach (var line in message.Where(line => !IsTrailer(line)))
        {
            _tokenizer.Tokenize(line.TrimEnd('\x02'), messageTerms, MessageWeight);
        }

        var accepted = true;
        foreach (var line in record.Skip(end + 1))
        {
            if (line.StartsWith("diff --git ", StringComparison.Ordinal))
            {
                // "diff --git a/<old> b/<new>"
                accepted = accept(line[(line.LastIndexOf(" b/", StringComparison.Ordinal) + 3)..]);
                continue;
            }

            if (Raw().Match(line) is { Success: true } raw)
            {
                var paths = raw.Groups["paths"].Value.Split('\t');
                if (raw.Groups["status"].Value != "D" && accept(paths[^1]))
                {
                    files.Add(paths[^1]);
                }

                if (raw.Groups["status"].Value == "R" && paths.Length == 2)
                {
                    renames.Add((paths[0], paths[1]));
                }
            }
            else if (!accepted)
            {
                continue;
            }
            else if (line.StartsWith("@@", StringComparison.Ordinal))
            {
                // "@@ -1,2 +3,4 @@ what encloses the change"
                _tokenizer.Tokenize(line.AsSpan(line.LastIndexOf("@@", StringComparison.Ordinal) + 2), changeTerms);
            }
            else if (line.Length > 1 && line[0] is '+' or '-' && !line.StartsWith("+++", StringComparison.Ordinal) && !line.StartsWith("---", StringComparison.Ordinal))
            {
                _tokenizer.Tokenize(line.AsSpan(1), changeTerms);
            }
        }

        byte[]? encoded = null;
        if (files.Count is > 0 and <= MostFiles)
        {
            _writer.Begin(_tokenizer.Vocabulary);
            _writer.Add([.. messageTerms, .. changeTerms.Distinct()]);
            encoded = _writer.ToArray();
        }

        return new CommitDoc(
            head[0], Time(head[1]),
            Text(message.FirstOrDefault() ?? ""), files.Count <= MostFiles ? [.. files.Select(Text)] : [], [.. renames.Select(pair => (Text(pair.Item1), Text(pair.Item2)))], encoded);
    }

    // git prints what the commit holds, whatever that is: nothing, or more than there are days. One bad commit must not cost the whole history.
    private static DateTimeOffset Time(string seconds) =>
        long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var known) && known <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(known) : DateTimeOffset.UnixEpoch;

    // PostgreSQL stores no zero characters.
    private static string Text(string text) => text.TrimEnd('\x02').Replace('\0', ' ');

    [GeneratedRegex(@"\A\x01[0-9a-f]{40,64} [0-9]*\z")]
    private static partial Regex Head();

    [GeneratedRegex(@"\A:[0-7]{6} [0-7]{6} [0-9a-f]+ [0-9a-f]+ (?<status>[A-Z])[0-9]*\t(?<paths>.+)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Raw();

    private static bool IsTrailer(string line) =>
        line.IndexOf("-by: ", StringComparison.OrdinalIgnoreCase) is > 0 and < 30 || line.StartsWith("git-svn-id:", StringComparison.Ordinal);
}
