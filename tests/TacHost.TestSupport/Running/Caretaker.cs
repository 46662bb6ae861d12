using System.Diagnostics;

namespace TacHost.TestSupport.Running;

/// <summary>A process beside the tests that ends what they started and deletes their files, also if the tests are killed.</summary>
internal sealed class Caretaker
{
    /// <summary>Reads until the tests are gone. It ignores the signals that end a whole process group, such as Ctrl-C.</summary>
    private const string Script = """
        exec >/dev/null 2>&1
        trap '' HUP INT QUIT TERM
        cat
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            left=$(grep -lzxF "$2" /proc/[0-9]*/environ; find /proc -maxdepth 2 -name cwd \( -lname "$1" -o -lname "$1/*" \))
            [ -n "$left" ] || break
            for path in $left; do
                path=${path#/proc/}
                kill -9 "${path%%/*}"
            done
            sleep 0.1
        done
        grep -oF "$1/" /proc/mounts && awk -v d="$1/" 'index($2, d) == 1 { print $2 }' /proc/mounts | xargs -r umount -l
        rm -rf --one-file-system "$1"
        """;

    private readonly Process _process;

    private Caretaker(Process process) => _process = process;

    public static Caretaker Start(string directory, string mark)
    {
        ProcessStartInfo start = new("sh", ["-c", Script, "caretaker", directory, mark]) { RedirectStandardInput = true, WorkingDirectory = "/" };
        return new Caretaker(Process.Start(start)!);
    }

    /// <summary>Lets it do its work now, and waits for its end.</summary>
    public void Finish()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(Bounded.Patience);
        _process.Dispose();
    }
}
