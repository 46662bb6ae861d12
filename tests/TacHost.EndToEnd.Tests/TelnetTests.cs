using System.Globalization;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>The C# prompt in a daemon, through the telnet client in a real terminal.</summary>
public sealed partial class TelnetTests
{
    private const string Compiler = "Microsoft.CodeAnalysis";

    [Fact]
    public async Task Prompt_OfTheExample_HasTheCompilerOnlyWhileItIsUsed()
    {
        Assert.SkipUnless(Program.IsInstalled("telnet") && Program.IsInstalled("expect"), "telnet or expect is not installed");
        await using var sandbox = new Sandbox();
        var page = await File.ReadAllTextAsync(Path.Combine(Program.Root, "docs", "servers", "telnet.md"), TestContext.Current.CancellationToken);
        sandbox.Write("page.csx", Example().Match(page).Groups["code"].Value.Replace("(4040)", "(0, iface: \"127.0.0.1\")", StringComparison.Ordinal));
        var id = await sandbox.StartDaemonAsync("page.csx");
        var password = Password().Match(sandbox.Log).Groups["password"].Value;
        Assert.Equal(0, MappedPages(id));

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
            puts "MAPS [exec grep -c {{Compiler}} /proc/{{id}}/maps]"
            send "typeof(TacHost.Telnet.TelnetServer).Name\r"
            want "TelnetServer\""
            want "> "
            send "exit\r"
            expect eof
            """;
        var outcome = await sandbox.RunAsync("expect", "-c", script);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches(@"MAPS [1-9]", outcome.Output);
        Assert.Contains("runs: application.Name + 1", sandbox.Log, StringComparison.Ordinal);
        await Until.TrueAsync(() => MappedPages(id) <= 4, "the compiler to leave the memory");
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
    }

    /// <summary>Counts the pages of the compiler that a process has mapped. .NET leaves one page of each of the four images mapped when it unloads precompiled code.</summary>
    private static long MappedPages(int id) =>
        File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/maps"))
            .Where(line => line.Contains(Compiler, StringComparison.Ordinal))
            .Select(line => line[..line.IndexOf(' ', StringComparison.Ordinal)].Split('-').Select(address => long.Parse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray())
            .Sum(range => (range[1] - range[0]) / Environment.SystemPageSize);

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Example();

    [GeneratedRegex("until it stops, is (?<password>[a-z0-9]+)")]
    private static partial Regex Password();
}
