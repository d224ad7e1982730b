using System.Diagnostics;
using System.Globalization;

namespace Nura.Hosting;

/// <summary>
/// A shell that outlives this process by moments: when its standard input ends, however that came about, it ends every
/// registered process that is left, with all descendants. Unix only.
/// </summary>
internal sealed class Watchdog
{
    private const string Script = """
        trap '' INT TERM HUP
        pids=
        while read -r line; do
          case $line in
            +*) pids="$pids ${line#+}" ;;
            -*) left=; for p in $pids; do [ "$p" = "${line#-}" ] || left="$left $p"; done; pids=$left ;;
          esac
        done
        tree() {
          for t in "$@"; do
            if [ -d "/proc/$t/task" ]; then children=$(cat /proc/"$t"/task/*/children 2>/dev/null)
            else children=$(ps -A -o pid=,ppid= | awk -v p="$t" '$2 == p { print $1 }'); fi
            printf '%s ' "$t"
            [ -z "$children" ] || ( tree $children )
          done
        }
        all=$(tree $pids)
        [ -z "$all" ] && exit 0
        kill -TERM $all 2>/dev/null
        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
          sleep 0.2
          alive=; for p in $all; do kill -0 "$p" 2>/dev/null && alive=1; done
          [ -z "$alive" ] && exit 0
        done
        kill -KILL $all 2>/dev/null
        """;

    private static readonly Lazy<Watchdog?> s_shared = new(() => OperatingSystem.IsWindows() ? null : new Watchdog());
    private readonly StreamWriter _input;

    private Watchdog()
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = "/" };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        var process = Process.Start(start) ?? throw new InvalidOperationException("/bin/sh could not be started.");
        ProcessId = process.Id;
        _input = process.StandardInput;
        _input.AutoFlush = true;
    }

    /// <summary>The one of this process; null on Windows.</summary>
    public static Watchdog? Shared => s_shared.Value;

    public int ProcessId { get; }

    public void Add(int processId) => Write('+', processId);

    public void Remove(int processId) => Write('-', processId);

    private void Write(char sign, int processId)
    {
        lock (_input)
        {
            _input.Write(string.Create(CultureInfo.InvariantCulture, $"{sign}{processId}\n"));
        }
    }
}
