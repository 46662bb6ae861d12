using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Mistakes that <c>tachost check</c> finds, each planted alone into a deployment without any.</summary>
public sealed class CheckedMistakesTests
{
    private const string Other = "tacs/other.csx", Site = "tacs/site.csx";

    private const string Tac = """
        #r "FastPoetry.Services.dll"
        #r "TacHost.Processes.dll"
        using FastPoetry.Services;
        using TacHost.Processes.ProcMon;

        var port = Option("port", 12345, "the port to listen on");
        var application = new Application("site");
        var poetry = new PoetryService("poem.txt");
        poetry.SetServiceParent(application);
        var plain = new TcpServer(port, new PoetryFactory(poetry), "127.0.0.1");
        plain.SetName("plain");
        plain.SetServiceParent(application);
        var tls = new StreamServer(Endpoint.Parse("tls:12346:certificate=good.pem:key=good.key"), new PoetryFactory(poetry));
        tls.SetName("tls");
        tls.SetServiceParent(application);
        var local = new StreamServer(Endpoint.Parse("unix:site.sock"), new PoetryFactory(poetry));
        local.SetServiceParent(application);
        var monitor = new ProcessMonitor();
        monitor.AddProcess("program", new ProcessCommand("sh") { User = "root", Group = "root", Directory = "." });
        monitor.SetServiceParent(application);
        int Two() => 1 + 1;
        Console.Out.Write(Two() == 2 ? "" : "?");

        """;

    /// <summary>What is replaced, and by what; the rule, the line, the exit code, and a part of the message.</summary>
    public static TheoryData<string, string, string, int, int, string> Mistakes => new()
    {
        { "new PoetryFactory(poetry), \"127", "new PoemFactory(poetry), \"127", "compile", 10, 65, "CS0246: The type or namespace name 'PoemFactory' could not be found" },
        { "var application", "var applikation", "compile", 9, 65, "CS0103: The name 'application' does not exist" },
        { "(\"port\", 12345, ", "<int>(\"port\", ", "parameter", 6, 64, "--port" },
        { "12345", "70000", "exception", 10, 70, "ArgumentOutOfRangeException: port 70000 is not between 0 and 65535." },
        { "SetName(\"tls\")", "SetName(\"plain\")", "exception", 15, 70, "The service 'site' cannot have two children named 'plain'" },
        { "poem.txt", "nowhere.txt", "file", 8, 69, "the service 'site/PoetryService' reads 'nowhere.txt', and there is no such file in '" },
        { "poem.txt", "beside.txt", "file", 8, 69, "There is one beside the tac file, but relative paths begin at the run directory" },
        { "poem.txt", "~/poem.txt", "file", 8, 69, "'~' is not replaced by a home directory" },
        { "Directory = \".\"", "Directory = \"nowhere\"", "directory", 19, 69, "the service 'site/ProcessMonitor/program' uses 'nowhere', and there is no such directory in '" },
        { "unix:site.sock", "unix:run/site.sock", "directory", 16, 69, "listens on unix:run/site.sock, and there is no directory '" },
        { "12345, ", "12346, ", "port", 13, 69, "the service 'site/tls' listens on tls:12346:certificate=good.pem:key=good.key, as 'site/plain' does on tcp:12346:interface=127.0.0.1" },
        { "12345, ", "12347, ", "port", 10, 69, "the service 'site/plain' listens on tcp:12347:interface=127.0.0.1, as 'other/TcpServer' of 'tacs/other.csx' does on tcp:12347:interface=127.0.0.1" },
        { "good.pem", "old.pem", "certificate", 13, 69, "the service 'site/tls' presents the certificate 'old.pem', which does not match the key '" },
        { "good.pem:key=good.key", "old.pem:key=old.key", "certificate", 13, 69, "the service 'site/tls' presents the certificate 'old.pem', which expired on 2000-01-01" },
        { "good.pem:key=good.key", "young.pem:key=young.key", "certificate", 13, 69, "the service 'site/tls' presents the certificate 'young.pem', which is not valid before 2120-01-01" },
        { "good.pem", "nowhere.pem", "certificate", 13, 69, "presents the certificate 'nowhere.pem', and there is no such file in '" },
        { "User = \"root\"", "User = \"moon-man\"", "user", 19, 67, "starts programs as the user 'moon-man', who does not exist" },
        { "Group = \"root\"", "Group = \"moon-men\"", "group", 19, 67, "starts programs with the group 'moon-men', which does not exist" },
        { "(\"site\");", "(\"site\") { Uid = 43210987 };", "user", 7, 67, "the application 'site' runs as the user '43210987', who has no entry that names a group" },
        { "(\"sh\")", "(\"moon-shell\")", "program", 19, 69, "the service 'site/ProcessMonitor/program' starts 'moon-shell', and there is no such program in PATH" },
        { "1 + 1", "Task.FromResult(2).Result", "blocking", 21, 65, "'Task.Result' blocks at the top level." },
        { "monitor.SetServiceParent", "Thread.Sleep(1); monitor.SetServiceParent", "blocking", 20, 65, "'Thread.Sleep' blocks at the top level." },
        { "monitor.SetServiceParent", "await Task.Delay(1); monitor.SetServiceParent", "blocking", 20, 65, "'Task.Delay' blocks at the top level." },
        { "monitor.SetServiceParent", "Environment.CurrentDirectory = \".\"; monitor.SetServiceParent", "effect", 20, 65, "sets 'Environment.CurrentDirectory' at the top level, which changes the process" },
        { "=> 1 + 1;", "=> 1 + 1; var pause = () => Thread.Sleep(1); pause();", "blocking", 21, 65, "'Thread.Sleep' blocks at the top level." },
        { "=> 1 + 1;", "=> 1 + 1; var answer = Console.ReadLine();", "blocking", 21, 65, "'Console.ReadLine' blocks at the top level. A daemon has no terminal" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Check_OfAPlantedMistake_FindsItAlone(string right, string wrong, string rule, int line, int exitCode, string said)
    {
        await using var sandbox = Deployment(Tac.Replace(right, wrong, StringComparison.Ordinal));
        string[] files = wrong.Contains("12347", StringComparison.Ordinal) ? [Other, Site] : [Site];
        var outcome = await sandbox.TachostAsync(["check", "--json", .. files]);
        using var json = JsonDocument.Parse(outcome.Output);
        var results = json.RootElement.EnumerateArray().ToList();
        var mistakes = results[^1].GetProperty("mistakes").EnumerateArray().ToList();

        Assert.Contains(said, mistakes[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter ", mistakes[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal((rule, Site, line), (mistakes[0].GetProperty("rule").GetString(), mistakes[0].GetProperty("file").GetString(), mistakes[0].GetProperty("line").GetInt32()));
        Assert.Equal((exitCode, exitCode), (outcome.ExitCode, results[^1].GetProperty("exitCode").GetInt32()));
        Assert.Equal(files[..^1], results.Where(each => each.GetProperty("ok").GetBoolean()).Select(each => each.GetProperty("file").GetString()));

        // The compiler follows an unknown name through the file.
        Assert.True(rule == "compile" || mistakes.Count == 1, outcome.Output);
    }

    [Fact]
    public async Task Check_WithoutAMistake_FindsNothing()
    {
        await using var sandbox = Deployment(Tac);
        Assert.Equal(new Outcome(0, $"{Other}: nothing found\n{Site}: nothing found\n", ""), await sandbox.TachostAsync("check", Other, Site));
        Assert.Empty(sandbox.Processes());
    }

    [Fact]
    public async Task Check_ForPeople_BeginsEachLineWithThePlace()
    {
        await using var sandbox = Deployment(Tac.Replace("poem.txt", "nowhere.txt", StringComparison.Ordinal));
        var outcome = await sandbox.TachostAsync("check", Site);

        Assert.Equal((69, $"{Site}:\n  {Site}:8: the service 'site/PoetryService' reads 'nowhere.txt', and there is no such file in '{sandbox.Directory}'\n"), (outcome.ExitCode, outcome.Output));
    }

    /// <summary>Neither lambda expressions nor types nor functions that nothing calls run at the top level.</summary>
    [Fact]
    public async Task Check_OfCallsThatRunLater_FindsNothing()
    {
        await using var sandbox = Deployment(Tac + """
            Func<int> later = () => Task.FromResult(1).Result;
            void Never() => Thread.Sleep(1);
            Action mentioned = Never;
            var delay = Task.Delay(1);
            sealed class Sleeper : Service
            {
                protected override Task OnStartAsync(CancellationToken cancellationToken)
                {
                    Thread.Sleep(1);
                    return Task.CompletedTask;
                }
            }
            """);
        Assert.Equal(new Outcome(0, $"{Site}: nothing found\n", ""), await sandbox.TachostAsync("check", Site));
    }

    [Fact]
    public async Task Check_OfAPortThatADaemonHolds_NamesItsProcess()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.WriteTac());
        var port = sandbox.Port();
        sandbox.Write("second.csx", Sandbox.Tac(port, "poem.txt", ""));
        var outcome = await sandbox.TachostAsync("check", "second.csx");

        Assert.Equal(69, outcome.ExitCode);
        Assert.Contains($" listens on tcp:{port}:interface=127.0.0.1, as 'fastpoetry/TcpServer' of process {sandbox.DaemonId} ({sandbox.PathOf("poem.csx")}) does on 127.0.0.1:{port}\n", outcome.Output, StringComparison.Ordinal);

        // A file that runs is checked to be started again.
        sandbox.Write("poem.csx", Sandbox.Tac(port, "poem.txt", ""));
        Assert.Equal(new Outcome(0, "poem.csx: nothing found\n", ""), await sandbox.TachostAsync("check", "poem.csx"));
    }

    [Fact]
    public async Task Check_WithARunDirectory_EvaluatesTheFileThere()
    {
        await using var sandbox = Deployment(Tac + "Console.Out.Write(File.Exists(\"poem.txt\") ? \"\" : \"not there\");");
        Directory.CreateDirectory(sandbox.PathOf("elsewhere"));
        Assert.Equal(new Outcome(0, $"../{Site}: nothing found\n", ""), await sandbox.RunAsync("/bin/sh", "-c", $"cd elsewhere && exec '{Program.Tachost}' --rundir .. check ../{Site}"));
        var outcome = await sandbox.TachostAsync("--rundir", "nowhere", "check", Site);
        Assert.Equal((66, $"{Site}:\n  cannot run in 'nowhere': there is no such directory.\n"), (outcome.ExitCode, outcome.Output));
    }

    private static Sandbox Deployment(string tac)
    {
        Sandbox sandbox = new();
        Directory.CreateDirectory(sandbox.PathOf("tacs"));
        sandbox.Write(Site, tac);
        sandbox.Write(Other, "class F : ServerFactory { protected override Protocol BuildProtocol(EndPoint peer) => null; }\nvar application = new Application(\"other\");\nnew TcpServer(12347, new F(), \"127.0.0.1\").SetServiceParent(application);\n");
        sandbox.Write("poem.txt", Sandbox.Poem);
        sandbox.Write("tacs/beside.txt", Sandbox.Poem);
        TestCertificates.WritePem(sandbox.Directory, "good");
        TestCertificates.WritePem(sandbox.Directory, "old", years: 30);
        TestCertificates.WritePem(sandbox.Directory, "young", later: 150);
        return sandbox;
    }
}
