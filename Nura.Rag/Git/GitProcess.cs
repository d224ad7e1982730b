using System.Diagnostics;
using System.Text;

namespace Nura.Rag.Git;

/// <summary>A running git. Disposing ends it with everything it started.</summary>
internal sealed class GitProcess : IAsyncDisposable
{
    private const int KeptErrors = 2000;

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly Task _errorReader;

    public GitProcess(Process process)
    {
        _process = process;
        _errorReader = ReadErrorsAsync();
    }

    /// <summary>Called for each line of the standard error; git ends progress lines with a carriage return.</summary>
    public Action<string>? Progress { get; set; }

    /// <summary>What git reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What git prints.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What git prints with <c>-z</c>: records, each ended by a zero byte.</summary>
    public IEnumerable<byte[]> Records()
    {
        using var output = new BufferedStream(Output, 1 << 16);
        var record = new List<byte>(256);
        for (int next; (next = output.ReadByte()) >= 0;)
        {
            if (next != 0)
            {
                record.Add((byte)next);
                continue;
            }

            yield return [.. record];
            record.Clear();
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <exception cref="GitException">The exit code was not 0.</exception>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _errorReader.WaitAsync(cancellationToken);
        if (_process.ExitCode != 0)
        {
            // Cut by length, and a server's words among it: what is no text becomes some, so that it can be stored.
            var text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(_errors.ToString())).Replace('\0', ' ');
            throw new GitException(_process.ExitCode, text.Trim());
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }
        catch (InvalidOperationException)
        {
            // It ended between the question and the kill.
        }

        _process.Dispose();
    }

    private async Task ReadErrorsAsync()
    {
        var line = new StringBuilder();
        var buffer = new char[4096];
        for (int count; (count = await _process.StandardError.ReadAsync(buffer)) > 0;)
        {
            foreach (var c in buffer.AsSpan(0, count))
            {
                if (c is '\r' or '\n')
                {
                    Keep(line.ToString(), progress: c == '\r');
                    line.Clear();
                }
                else if (line.Length < KeptErrors)
                {
                    line.Append(c);
                }
            }
        }

        Keep(line.ToString(), progress: false);
    }

    private void Keep(string line, bool progress)
    {
        if (line.Length == 0)
        {
            return;
        }

        Progress?.Invoke(line);
        if (!progress)
        {
            _errors.Append(line).Append('\n');
            _errors.Remove(0, Math.Max(0, _errors.Length - KeptErrors));
        }
    }
}
