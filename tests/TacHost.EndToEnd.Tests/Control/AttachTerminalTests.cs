using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Control;

/// <summary><c>tachost attach</c> on a terminal: keys that edit a line.</summary>
public sealed class AttachTerminalTests
{
    [Fact]
    public async Task Keys_OnATerminal_EditTheLineAndRecallEarlierOnes()
    {
        Assert.SkipUnless(Program.IsInstalled("expect"), "expect is not installed");
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        sandbox.Environment["TERM"] = "xterm";

        var outcome = await sandbox.RunAsync("expect", "-c", $$"""
            encoding system utf-8
            set timeout 120
            proc want {text} { expect -ex $text {} timeout { puts "MISSING $text"; exit 3 } eof { puts "EOF before $text"; exit 4 } }
            proc answers {keys value} { send $keys; want "\n$value\r\n"; want "> " }
            # The shell, too, gets the SIGINT of Ctrl-C.
            spawn sh -c {trap : INT; '{{Program.Tachost}}' attach '{{sandbox.PidFile}}'; echo exit $?; stty -a}
            want "> "
            answers "1 + 2\r" 3
            # Up, left, and a digit in between.
            answers "\033\[A\033\[D4\r" 43
            # Up twice and down once.
            answers "\033\[A\033\[A\033\[B\r" 43
            # The begin of the line, backspace, delete and the end of the line.
            answers "234\0019\033\[3~\0051\1775\r" 9345
            # A line of several lines, and one that is dropped.
            send "int Twice(int number) =>\r"
            want ". "
            answers "2 * number; Twice(21)\r" 42
            send "int Thrice(int number) =>\r"
            want ". "
            send "3\003"
            want "> "
            answers "6 * 6\r" 36
            # Ctrl-C ends a line that runs.
            send "await Task.Delay(-1, cancelled)\r"
            want "\n"
            sleep 1
            send "\003"
            want "nterrupted"
            want "> "
            answers "\"\u00e9\".Length\r" 1
            send "\004"
            want "exit 0"
            want " icanon"
            want " echo "
            expect eof
            """);

        Assert.True(outcome.ExitCode == 0, outcome.Output);
        await sandbox.LoggedAsync("has run: 1 + 42");
    }
}
