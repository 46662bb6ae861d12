using System.Diagnostics;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Reloading;

/// <summary><c>tachost --nodaemon --watch FILE</c>: each save is a reload.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task Watch_EachSave_ReloadsAndShowsThePlan()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("two.txt", "two\n");
        sandbox.Write("more.csx", "var name = \"poem.txt\";");
        string Tac(string extra) => "#load \"more.csx\"\n" + Sandbox.Tac(0, "NAME", extra).Replace("\"NAME\"", "name", StringComparison.Ordinal);
        sandbox.Write("poem.csx", Tac(""));
        using var process = await StartAsync(sandbox);

        // A file that the tac loads.
        sandbox.Write("more.csx", "var name = \"two.txt\";");
        Assert.Contains("was 'poem.txt' and is 'two.txt'", await PrintedAsync(process, "Reload: "), StringComparison.Ordinal);
        Assert.EndsWith(": 2 replaced.", await PrintedAsync(process, "Reloaded"), StringComparison.Ordinal);

        // A save that does not compile, with the place and a caret, and then the next.
        sandbox.Write("poem.csx", Tac("var x = ;"));
        Assert.Contains("The reload failed, and everything runs as before: 'poem.csx' does not compile.", await PrintedAsync(process, "The reload failed"), StringComparison.Ordinal);
        Assert.Contains("poem.csx(4,9): error CS1525", await PrintedAsync(process, "error CS1525"), StringComparison.Ordinal);
        Assert.EndsWith("var x = ;", await PrintedAsync(process, "var x"), StringComparison.Ordinal);
        Assert.EndsWith("        ^", await PrintedAsync(process, "^"), StringComparison.Ordinal);

        // By a rename, as editors save; and a file that a start has read.
        sandbox.Write("new", Tac("// works again"));
        File.Move(sandbox.PathOf("new"), sandbox.PathOf("poem.csx"), overwrite: true);
        Assert.EndsWith("Reloaded: nothing has changed.", await PrintedAsync(process, "Reloaded"), StringComparison.Ordinal);
        sandbox.Write("two.txt", "another poem\n");
        Assert.EndsWith("Reload: ~ PoetryService: two.txt has changed", await PrintedAsync(process, "Reload: "), StringComparison.Ordinal);
        await PrintedAsync(process, "Reloaded");
        Assert.Equal("another poem\n", Encoding.UTF8.GetString(await sandbox.FetchAsync(Proc.PortOf(process.Id))));
        await sandbox.KillAsync(process.Id);
        await Until.GoneAsync(process.Id);
    }

    [Fact]
    public async Task Watch_WaysToSave_AreOneReloadOrMoreToTheLastContent()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        using var process = await StartAsync(sandbox);
        var port = Proc.PortOf(process.Id);

        // Emptied and written later, removed and written later, and twice in a row.
        sandbox.Write("poem.csx", "");
        sandbox.Write("one.txt", "one\n");
        sandbox.WriteTac(poem: "one.txt");
        await ServedAsync(sandbox, port, "one\n");
        File.Move(sandbox.PathOf("poem.csx"), sandbox.PathOf("poem.csx~"));
        sandbox.Write("two.txt", "two\n");
        sandbox.WriteTac(poem: "two.txt");
        await ServedAsync(sandbox, port, "two\n");
        sandbox.WriteTac(poem: "one.txt");
        sandbox.WriteTac(poem: "poem.txt");
        await ServedAsync(sandbox, port, Sandbox.Poem);
    }

    [Fact]
    public async Task Watch_ValuesLibrariesAndFilesOfABrokenSave_CauseAReload()
    {
        await using var sandbox = new Sandbox();
        string Tac(string load) => load + Sandbox.Tac(0, "NAME", "").Replace("\"NAME\"", "Option(\"poem\", \"poem.txt\", \"the poem\")", StringComparison.Ordinal);
        sandbox.Write("one.txt", "one\n");
        sandbox.Write("poem.csx", Tac(""));
        using var process = await StartAsync(sandbox);
        var port = Proc.PortOf(process.Id);

        // A file of values that did not exist at the start.
        sandbox.Write("poem.values.json", """{ "poem": "one.txt" }""");
        await ServedAsync(sandbox, port, "one\n");

        // The mistake is in a file that no tac file that ran has loaded, and does not exist yet.
        sandbox.Write("poem.csx", Tac("#load \"late.csx\"\n"));
        await PrintedAsync(process, "The reload failed");
        sandbox.Write("late.csx", "var x = ;");
        await PrintedAsync(process, "late.csx(1,9): error CS1525");
        sandbox.Write("late.csx", "var x = 1;");
        await PrintedAsync(process, "Reloaded: nothing has changed.");
        sandbox.Write("poem.values.json", "{}");
        await ServedAsync(sandbox, port, Sandbox.Poem);
    }

    [Fact]
    public async Task Watch_SaveDuringAStartOrAReload_CausesAnotherReload()
    {
        await using var sandbox = new Sandbox();
        const string wait = "class Wait(int n) : Service { protected override async Task OnStartAsync(CancellationToken c) { File.WriteAllText($\"in{n}\", \"\"); while (!File.Exists($\"go{n}\")) await Task.Delay(10, c); } }";
        string Tac(int number) => Sandbox.Tac(0, "poem.txt", wait) + $"\nnew Wait({number}).SetServiceParent(application);\n";
        sandbox.Write("poem.csx", Tac(1));
        using var process = sandbox.Start("--nodaemon", "--watch", "poem.csx");

        // Both the poem and the tac file have been read by then.
        await Until.TrueAsync(() => File.Exists(sandbox.PathOf("in1")), "the start");
        var port = Proc.PortOf(process.Id);
        sandbox.Write("poem.txt", "during the start\n");
        sandbox.Write("poem.csx", Tac(2));
        sandbox.Write("go1", "");
        await Until.TrueAsync(() => File.Exists(sandbox.PathOf("in2")), "the reload");
        sandbox.Write("poem.txt", "during the reload\n");
        sandbox.Write("go2", "");
        await ServedAsync(sandbox, port, "during the reload\n");

        sandbox.Write("poem.csx", Tac(3));
        await Until.TrueAsync(() => File.Exists(sandbox.PathOf("in3")), "the other reload");
        sandbox.Write("one.txt", "one\n");
        sandbox.Write("poem.csx", Tac(3).Replace("poem.txt", "one.txt", StringComparison.Ordinal));
        sandbox.Write("go3", "");
        await ServedAsync(sandbox, port, "one\n");
    }

    [Fact]
    public async Task Watch_InADaemon_IsRefused()
    {
        await using var sandbox = new Sandbox();
        var outcome = await sandbox.TachostAsync("--watch", sandbox.WriteTac());
        Assert.Equal(new Outcome(64, "", "tachost: --watch is for the foreground; add --nodaemon.\n"), outcome);
    }

    private static async Task<Process> StartAsync(Sandbox sandbox)
    {
        var process = sandbox.Start("--nodaemon", "--watch", "poem.csx");
        await PrintedAsync(process, " is running as process");
        return process;
    }

    private static async Task ServedAsync(Sandbox sandbox, int port, string poem)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Bounded.Patience);
        while (Encoding.UTF8.GetString(await sandbox.FetchAsync(port)) != poem)
            await Task.Delay(50, limit.Token);
    }

    /// <summary>Reads up to the first line that contains a text.</summary>
    private static async Task<string> PrintedAsync(Process process, string text)
    {
        StringBuilder all = new();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon() is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
                return line;
            all.AppendLine(line);
        }

        return $"no '{text}' in: {all}{await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}";
    }
}
