using System.Diagnostics;
using System.Globalization;
using System.Text;
using TacHost.Bench.Load;
using TacHost.Bench.Report;
using TacHost.Bench.Servers;

namespace TacHost.Bench.Measurements;

/// <summary>From the command <c>reload</c> until the new poem has been fetched.</summary>
internal sealed record Reloads() : Measurement("reload")
{
    private const string Cached = "poem edited, tac compiled before";
    private const string Edited = "tac edited";

    public override IEnumerable<Row> Take(Bench bench)
    {
        var setup = bench.Setup();
        var number = 0;
        Write(setup, number, 0);
        Run(bench, setup, "--pidfile", setup.InDirectory("pid"), setup.InDirectory("reload.csx"));
        using RunningServer server = new("tachost", setup, null);
        server.WaitForPoem(PoemOf(0));
        var results = Bench.InTurn<double>(bench.Options.Of(3, 15, 60), [() => Reload(bench, setup, ++number, 0), () => Reload(bench, setup, ++number, number)]);
        yield return new Row("reload, until the new poem has been fetched", "ms", [new Series(Cached, results[0]), new Series(Edited, results[1])], new Goal(Cached, null, 60), new Goal(Edited, null, 150));
    }

    private static double Reload(Bench bench, ServerSetup setup, int number, int tac)
    {
        Write(setup, number, tac);
        var began = Stopwatch.GetTimestamp();
        Run(bench, setup, "reload", setup.InDirectory("pid"));
        Connection.FetchWhenThere(setup.Port, PoemOf(number), () => null);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static void Run(Bench bench, ServerSetup setup, params IReadOnlyList<string> words)
    {
        var start = bench.Peers.Tachost.StartInfo([bench.Peers.TachostProgram, .. words], setup);
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"tachost {words[0]} exited with {process.ExitCode}.");
    }

    /// <summary>Writes the poem with a number. A tac with another number has other code, which is then compiled.</summary>
    private static void Write(ServerSetup setup, int number, int tac)
    {
        File.WriteAllBytes(setup.InDirectory("poem.txt"), PoemOf(number));
        if (tac == 0 && number > 0)
            return;
        File.WriteAllText(setup.InDirectory("reload.csx"), string.Create(CultureInfo.InvariantCulture, $"""
            #r "FastPoetry.Services.dll"
            using FastPoetry.Services;
            var application = new Application("reload");
            var poetry = new PoetryService("poem.txt");
            poetry.SetServiceParent(application);
            new TcpServer({setup.Port}, new PoetryFactory(poetry), "127.0.0.1").SetServiceParent(application);
            new TimerService(TimeSpan.FromHours({tac + 1}), () => _ = application.Name).SetServiceParent(application);
            """));
    }

    private static byte[] PoemOf(int number) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"poem {number:0000}{new string('.', number)}\n"));
}
