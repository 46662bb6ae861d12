using System.Globalization;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>The C# prompt in a daemon, through the telnet client in a real terminal.</summary>
public sealed partial class TelnetTests
{
    private const string Compiler = "--compile-lines";

    [Fact]
    public async Task Prompt_OfTheExample_HasACompilerBesideItWhileItIsUsed()
    {
        Assert.SkipUnless(Program.IsInstalled("telnet") && Program.IsInstalled("expect"), "telnet or expect is not installed");
        await using var sandbox = new Sandbox();
        var page = await File.ReadAllTextAsync(Path.Combine(Program.Root, "docs", "servers", "telnet.md"), TestContext.Current.CancellationToken);
        sandbox.Write("page.csx", Example().Match(page).Groups["code"].Value.Replace("(4040)", "(0, iface: \"127.0.0.1\")", StringComparison.Ordinal));
        var id = await sandbox.StartDaemonAsync("page.csx");
        var password = Password().Match(sandbox.Log).Groups["password"].Value;
        Assert.Empty(ChildrenOf(id));

        var script = $$"""
            set timeout 120
            proc want {text} { expect -ex $text {} timeout { puts "MISSING $text"; exit 3 } eof { puts "EOF before $text"; exit 4 } }
            spawn telnet 127.0.0.1 {{Proc.PortOf(id)}}
            want "password: "
            send "{{password}}\r"
            want "> "
            send "application.Na\t + 1\r"
            want "poetry1"
            want "> "
            puts [exec sh -c {for child in $(cat /proc/{{id}}/task/*/children 2>/dev/null); do tr '\0' ' ' </proc/$child/cmdline; done}]
            send "typeof(TacHost.Telnet.TelnetServer).Name\r"
            want "TelnetServer\""
            want "> "
            send "exit\r"
            expect eof
            """;
        var outcome = await sandbox.RunAsync("expect", "-c", script);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains(Compiler, outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.CodeAnalysis", await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/maps"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await sandbox.LoggedAsync("runs: application.Name + 1");
        await Until.TrueAsync(() => ChildrenOf(id).Count == 0, "the compiler to end");
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
    }

    /// <summary>Returns the child processes of a process, which belong to the threads that started them. A thread may end meanwhile.</summary>
    private static List<string> ChildrenOf(int id)
    {
        List<string> children = [];
        foreach (var thread in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/task")))
        {
            try
            {
                children.AddRange(File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
            catch (IOException)
            {
                // Its children have become those of another thread.
            }
        }

        return children;
    }

    [GeneratedRegex("```csharp[^\n]*\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Example();

    [GeneratedRegex("generated the password (?<password>[a-z0-9]+)")]
    private static partial Regex Password();
}
