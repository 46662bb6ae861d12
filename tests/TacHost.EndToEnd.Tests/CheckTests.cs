using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Commands that build a tree and start nothing, and the templates.</summary>
public sealed class CheckTests
{
    private const string Fine = "class F : ServerFactory { protected override Protocol BuildProtocol(EndPoint peer) => null; }\nvar application = new Application(\"fine\");\nnew TcpServer(12345, new F(), \"127.0.0.1\").SetServiceParent(application);\n";

    /// <summary>A mistake in a tac file, the code with which it would not start, and what is said.</summary>
    public static TheoryData<string, int, string> Mistakes => new()
    {
        { "var application = ;", 65, "bad.csx(1,19): error CS1525" },
        { "var app = 1;", 65, "has no global variable named 'application'" },
        { "Application application = null;", 65, "'application' in 'bad.csx' is null" },
        { "var application = new Application(\"x\");\nthrow new InvalidOperationException(\"no moon\");", 70, "'bad.csx' threw InvalidOperationException at bad.csx:line 2: no moon" },
        { Fine.Replace("12345", "70000", StringComparison.Ordinal), 70, "at bad.csx:line 3: port 70000 is not between 0 and 65535." },
        { "#r \"Nowhere.dll\"\nvar application = new Application(\"x\");", 65, "'Nowhere.dll' was looked for in" },
        { "#load \"nowhere.csx\"\nvar application = new Application(\"x\");", 65, "error CS1504" },
        { "var poem = Option<int>(\"poem\", \"which\");\nvar application = new Application(\"x\");", 64, "--poem NUMBER (which) is required." },
        { "while (true) { }", 75, "the top level of 'bad.csx' did not end within 1 s" },
        { Fine + "new TcpServer(12345, new F()).SetServiceParent(application);", 69, "the service 'fine/TcpServer-2' listens on tcp:12345, as 'fine/TcpServer' does on tcp:12345:interface=127.0.0.1" },
        { "#r \"FastPoetry.Services.dll\"\nvar application = new Application(\"x\");\nnew FastPoetry.Services.PoetryService(\"nowhere.txt\").SetServiceParent(application);", 69, "the service 'x/PoetryService' reads 'nowhere.txt', and there is no such file in '" },
        { "var application = new Application(\"x\");\nvar a = new MultiService();\na.SetName(\"a\");\na.SetServiceParent(application);\nvar b = new MultiService();\nb.SetName(\"a\");\nb.SetServiceParent(application);", 70, "at bad.csx:line 7: The service 'x' cannot have two children named 'a'" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Check_OfAMistake_TellsIt(string tac, int exitCode, string said)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("bad.csx", tac);
        var outcome = await sandbox.TachostAsync("--start-timeout", tac.StartsWith("while", StringComparison.Ordinal) ? "1" : "60", "check", "bad.csx");

        Assert.StartsWith("bad.csx:\n  ", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(said, outcome.Output, StringComparison.Ordinal);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Empty(sandbox.Processes());
    }

    [Fact]
    public async Task Check_OfTheDeployments_FindsNothing()
    {
        await using var sandbox = new Sandbox();
        Example.CopyLibrary(sandbox, "Pages");
        Example.CopyLibrary(sandbox, "Greeter");
        foreach (var file in Directory.GetFiles(Path.Combine(Program.Root, "deployments"), "*.cs*").Concat(Example.Files(withPackages: false)))
        {
            var outcome = await sandbox.TachostAsync("--rundir", Program.Root, "--lib", sandbox.PathOf("lib"), "check", file);
            Assert.Equal(new Outcome(0, $"{file}: nothing found\n", ""), outcome);
        }

        string[] poems = [.. new[] { "ecstasy", "fascination", "science" }.Select(name => Path.Combine(Program.Root, "deployments", name + ".csx"))];
        Assert.Equal(0, (await sandbox.TachostAsync(["--rundir", Program.Root, "check", .. poems])).ExitCode);
    }

    [Theory]
    [InlineData("bad.csx", "var a = 1;\n#r \"nuget: \"", 2, "which is not the name of a package")]
    [InlineData("bad.csx", "\n\n#r \"nuget: Low, one\"", 3, "in version 'one', which is not a version")]
    [InlineData("bad.csx", "\n#i \"mine\"", 2, "Write #i \"nuget: SOURCE\"")]
    [InlineData("bad.csx", "\n#load \"nuget: Low\"", 2, "#load includes files")]
    [InlineData("bad.csx", "// \u0080\n", 1, "not valid UTF-8")]
    [InlineData("bad.cs", "\n#:pakage Low@1", 2, "is not a directive of a tac file")]
    [InlineData("bad.cs", "\n#:package Low@one", 2, "in version 'one', which is not a version")]
    [InlineData("bad.cs", "\n#:sdk Moon", 2, "needs a build")]
    [InlineData("bad.cs", "\n#:project Moon", 2, "needs the library of the project")]
    public async Task Check_OfAWrongDirective_HasItsLine(string file, string tac, int line, string said)
    {
        await using var sandbox = Example.WithPackages();
        await File.WriteAllBytesAsync(sandbox.PathOf(file), [.. tac.Select(each => (byte)each)], TestContext.Current.CancellationToken);
        var outcome = await sandbox.TachostAsync("check", "--json", file);
        using var json = JsonDocument.Parse(outcome.Output);
        var mistake = Assert.Single(Assert.Single(json.RootElement.EnumerateArray()).GetProperty("mistakes").EnumerateArray());

        Assert.Equal(65, outcome.ExitCode);
        Assert.Equal(("tac", file, (int?)line), (mistake.GetProperty("rule").GetString(), mistake.GetProperty("file").GetString(), mistake.GetProperty("line").ValueKind == JsonValueKind.Null ? null : mistake.GetProperty("line").GetInt32()));
        Assert.Contains(said, mistake.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains($"\n  {file}:{line}: ", (await sandbox.TachostAsync("check", file)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfAnEffectInALoadedFile_NamesItsPath()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("sub"));
        sandbox.Write("sub/effect.csx", "\nEnvironment.ExitCode = 1;");
        sandbox.Write("a.csx", "#load \"sub/effect.csx\"\n" + Fine);

        Assert.Contains("\n  sub/effect.csx:2: sets 'Environment.ExitCode' at the top level", (await sandbox.TachostAsync("check", "a.csx")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfAFileInUtf16_FindsCallsThatBlock()
    {
        await using var sandbox = new Sandbox();
        await File.WriteAllTextAsync(sandbox.PathOf("a.csx"), "Thread.Sleep(1);\n" + Fine, System.Text.Encoding.Unicode, TestContext.Current.CancellationToken);

        Assert.Contains("\n  a.csx:1: 'Thread.Sleep' blocks", (await sandbox.TachostAsync("check", "a.csx")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfSeveralFiles_ComparesTheirPorts()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("a.csx", Fine);
        sandbox.Write("b.csx", Fine);
        sandbox.Write("c.csx", "var port = Option(\"port\", 12345, \"a port\");\n" + Fine.Replace("12345", "port", StringComparison.Ordinal));
        var outcome = await sandbox.TachostAsync("--set", "port=1", "check", "--json", "c.csx");
        Assert.Equal(0, outcome.ExitCode);

        outcome = await sandbox.TachostAsync("check", "a.csx", "b.csx", "--json");
        using var json = JsonDocument.Parse(outcome.Output);
        Assert.Equal(69, outcome.ExitCode);
        Assert.Equal([true, false], json.RootElement.EnumerateArray().Select(each => each.GetProperty("ok").GetBoolean()));
        Assert.Equal("the service 'fine/TcpServer' listens on tcp:12345:interface=127.0.0.1, as 'fine/TcpServer' of 'a.csx' does on tcp:12345:interface=127.0.0.1", json.RootElement[1].GetProperty("mistakes")[0].GetProperty("message").GetString());
    }

    [Fact]
    public async Task Check_OfSeveralFilesWithValues_ComparesThePortsThatTheyGive()
    {
        await using var sandbox = new Sandbox();
        foreach (var (name, port) in new[] { ("a", 12345), ("b", 12346) })
            sandbox.Write($"{name}.csx", $"var port = Option(\"port\", {port}, \"a port\");\n" + Fine.Replace("12345", "port", StringComparison.Ordinal).Replace("\"fine\"", $"\"{name}\"", StringComparison.Ordinal));
        Assert.Equal(new Outcome(0, "a.csx: nothing found\nb.csx: nothing found\n", ""), await sandbox.TachostAsync("check", "a.csx", "b.csx"));

        var outcome = await sandbox.TachostAsync("--set", "port=12347", "check", "a.csx", "b.csx");
        Assert.Equal((69, "a.csx: nothing found\nb.csx:\n  b.csx:4: the service 'b/TcpServer' listens on tcp:12347:interface=127.0.0.1, as 'a/TcpServer' of 'a.csx' does on tcp:12347:interface=127.0.0.1\n"), (outcome.ExitCode, outcome.Output));
    }

    [Fact]
    public async Task Check_OfTwoFilesWithOneName_NamesBoth()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("a.csx", "var application = new Application(\"moon\");");
        sandbox.Write("b.csx", "// the other\nvar application = new Application(\"moon\");");
        var outcome = await sandbox.TachostAsync("check", "a.csx", "b.csx");

        Assert.Equal((69, "a.csx: nothing found\nb.csx:\n  b.csx:2: the application has the name 'moon', as that of 'a.csx' has. Commands such as 'tachost stop moon' could not tell them apart\n"), (outcome.ExitCode, outcome.Output));
    }

    /// <summary>The values are meant for all files.</summary>
    [Fact]
    public async Task Check_OfAValueThatOneOfSeveralFilesHas_AcceptsIt()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("a.csx", "var application = new Application(\"a\");");
        sandbox.Write("b.csx", "var port = Option<int>(\"port\", \"a port\");\nvar application = new Application(\"b\");");
        sandbox.Write("values.json", "{ \"port\": 1 }");
        sandbox.Write("unknown.json", "{ \"pot\": 1 }");
        Outcome fine = new(0, "a.csx: nothing found\nb.csx: nothing found\n", "");
        Assert.Equal(fine, await sandbox.TachostAsync("--set", "port=1", "check", "a.csx", "b.csx"));
        Assert.Equal(fine, await sandbox.TachostAsync("--values", "values.json", "check", "a.csx", "b.csx"));

        var alone = await sandbox.TachostAsync("--set", "port=1", "check", "a.csx");
        Assert.Equal(64, alone.ExitCode);
        Assert.Contains("there is no parameter 'port' in --set. It has none.", alone.Output, StringComparison.Ordinal);
        var unknown = await sandbox.TachostAsync("--set", "port=1", "--values", "unknown.json", "check", "a.csx", "b.csx");
        Assert.Equal(64, unknown.ExitCode);
        Assert.Contains("there is no parameter 'pot' in '", unknown.Output, StringComparison.Ordinal);
        sandbox.Environment["TACHOST_SET_PORT"] = "1";
        Assert.Equal(fine, await sandbox.TachostAsync("check", "a.csx", "b.csx"));
        sandbox.Environment["TACHOST_SET_POT"] = "1";
        Assert.Equal(64, (await sandbox.TachostAsync("check", "a.csx", "b.csx")).ExitCode);
    }

    [Fact]
    public async Task Tree_OfATac_ShowsItsServicesAndStartsNothing()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac(port: 12345);
        var text = await sandbox.TachostAsync("tree", "poem.csx");
        Assert.Equal(new Outcome(0, "fastpoetry        Application\n├─ PoetryService  PoetryService, reads poem.txt\n└─ TcpServer      TcpServer, listens on tcp:12345:interface=127.0.0.1\n", ""), text);

        var outcome = await sandbox.TachostAsync("tree", "--json", "poem.csx");
        using var json = JsonDocument.Parse(outcome.Output);
        Assert.Equal("fastpoetry/TcpServer", json.RootElement.GetProperty("services")[1].GetProperty("path").GetString());
        Assert.Equal("tcp:12345:interface=127.0.0.1", json.RootElement.GetProperty("services")[1].GetProperty("listens")[0].GetString());
        Assert.Equal("poem.txt", json.RootElement.GetProperty("services")[0].GetProperty("files")[0].GetString());
        Assert.Empty(sandbox.Processes());
    }

    [Fact]
    public async Task Tree_AsAPicture_IsXmlThatNeedsNothingElse()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac(port: 12345, extra: "var group = new MultiService();", poem: "<poem> & 'more'.txt");
        var outcome = await sandbox.TachostAsync("tree", "poem.csx", "--svg", "tree.svg");
        Assert.Equal(new Outcome(0, "", ""), outcome);
        var picture = System.Xml.Linq.XDocument.Load(sandbox.PathOf("tree.svg"));

        Assert.Equal("svg", picture.Root!.Name.LocalName);
        Assert.Contains("prefers-color-scheme: dark", picture.Descendants().Single(each => each.Name.LocalName == "style").Value, StringComparison.Ordinal);
        Assert.Equal(["fastpoetry  Application", "PoetryService  PoetryService", "reads <poem> & 'more'.txt", "TcpServer  TcpServer", "listens on tcp:12345:interface=127.0.0.1"], picture.Descendants().Where(each => each.Name.LocalName == "text").Select(each => each.Value));
        Assert.Equal(2, picture.Descendants().Count(each => each.Name.LocalName == "path"));

        // The only address is the name of the format.
        Assert.DoesNotContain(picture.Descendants().SelectMany(each => each.Attributes()), attribute => attribute.Name.LocalName is "href" or "src" || (!attribute.IsNamespaceDeclaration && attribute.Value.Contains("://", StringComparison.Ordinal)));
        Assert.DoesNotContain("url(", picture.ToString(), StringComparison.Ordinal);
        Assert.Contains("cannot write '", (await sandbox.TachostAsync("tree", "poem.csx", "--svg", "nowhere/tree.svg")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server")]
    [InlineData("proxy")]
    [InlineData("worker")]
    [InlineData("web")]
    [InlineData("plugin")]
    public async Task New_OfATemplate_Runs(string template)
    {
        await using var sandbox = new Sandbox();
        Assert.Contains($"\n{template} ", "\n" + (await sandbox.TachostAsync("new", "--list")).Output, StringComparison.Ordinal);
        Directory.CreateDirectory(sandbox.PathOf("plugins"));
        var name = template == "plugin" ? "plugins/my-first" : "MyFirst";
        var written = await sandbox.TachostAsync("new", template, name);
        Assert.Equal((0, ""), (written.ExitCode, written.Error));
        string[] words = template == "plugin" ? ["--plugins", "plugins", "my-first"] : template is "worker" ? ["MyFirst.csx"] : ["MyFirst.csx", "--port", "0"];
        await sandbox.StartDaemonAsync(words);

        Assert.Contains("my-first is running as process", sandbox.Log, StringComparison.Ordinal);
        if (template == "server")
            Assert.Equal("hello\r\nyou said: a\r\n", await AskAsync(sandbox, "a\nquit\n"));
    }

    /// <summary>packaging/try starts such a file with <c>dotnet run</c>.</summary>
    [Fact]
    public async Task New_AsAProgram_WritesAFileThatRunsAndThatAllTemplatesCanBe()
    {
        await using var sandbox = new Sandbox();
        foreach (var (file, words) in new[] { ("MyFirst.cs", new[] { "server", "--cs", "MyFirst" }), ("proxy.cs", ["proxy", "--cs", "proxy.cs"]), ("worker.cs", ["worker", "worker.cs"]), ("web.cs", ["web", "web.cs"]) })
        {
            var written = await sandbox.TachostAsync(["new", .. words]);
            Assert.Equal((0, ""), (written.ExitCode, written.Error));
            Assert.Equal(new Outcome(0, $"{file}: nothing found\n", ""), await sandbox.TachostAsync("check", file));
        }

        await sandbox.StartDaemonAsync("MyFirst.cs", "--port", "0");

        Assert.Equal("hello\r\nyou said: a\r\n", await AskAsync(sandbox, "a\nquit\n"));
        Assert.Contains("a plugin in a single file is a .csx file.", (await sandbox.TachostAsync("new", "plugin", "--cs", "my-first")).Error, StringComparison.Ordinal);
        Assert.Contains("'x.csx' is not the name of a .cs file", (await sandbox.TachostAsync("new", "--cs", "x.csx")).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PathOf("x.csx")));
    }

    [Fact]
    public async Task New_WhereSomethingIs_WritesNothing()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("mine.csx", "// mine");
        var outcome = await sandbox.TachostAsync("new", "mine");

        Assert.Equal((73, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("cannot write 'mine.csx': it is there already.", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'server'?", (await sandbox.TachostAsync("new", "sever", "x")).Error, StringComparison.Ordinal);
        Assert.Equal("// mine", await File.ReadAllTextAsync(sandbox.PathOf("mine.csx"), TestContext.Current.CancellationToken));
    }

    private static async Task<string> AskAsync(Sandbox sandbox, string words)
    {
        using System.Net.Sockets.TcpClient client = new();
        await client.ConnectAsync(System.Net.IPAddress.Loopback, sandbox.Port(), TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(System.Text.Encoding.UTF8.GetBytes(words), TestContext.Current.CancellationToken);
        return System.Text.Encoding.UTF8.GetString(await Sandbox.ReadToEndAsync(client.Client));
    }
}
