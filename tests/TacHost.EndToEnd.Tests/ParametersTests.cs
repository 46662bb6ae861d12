using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>What a tac file takes from outside: parameters and arguments.</summary>
public sealed class ParametersTests
{
    private const string Tac = """
        using TacHost.Services.Plugins;
        var port = Option<Port>("port", 10000, "the port to listen on");
        var poem = Option<string>("poem", "the poem to serve", environmentVariable: "POEM");
        var level = Option("level", 3, "how loud", minimum: 1, maximum: 5);
        var flags = Option("loud", false, "shout");
        var hosts = Option<string[]>("host", ["a"], "who is served");
        var mode = Option("mode", "plain", "how", choices: ["plain", "fancy"]);
        Console.WriteLine($"got {port.Number} {poem} {level} {flags} {string.Join('+', hosts)} {mode} [{string.Join('|', Args)}]");
        var application = new Application("x");
        """;

    public static TheoryData<string[], string> Given => new()
    {
        { ["x.csx", "--poem", "p"], "got 10000 p 3 False a plain []" },
        { ["x.csx", "--poem=p", "--port", "1", "--loud", "--host", "b", "--host=c", "--level", "5", "--mode", "fancy"], "got 1 p 5 True b+c fancy []" },
        { ["--set", "poem=p=q", "--set", "loud=no", "x.csx"], "got 10000 p=q 3 False a plain []" },
        { ["--set", "poem=set", "x.csx", "--poem", "word", "--", "one", "--two"], "got 10000 word 3 False a plain [one|--two]" },
        { ["--csx", "x.csx", "--", "--poem", "p"], "got 10000 p 3 False a plain []" },
        { ["--values", "v.json", "x.csx"], "got 7 in-file 4 True b+c plain []" },
        { ["--values", "v.json", "x.csx", "--port", "8", "--no-loud"], "got 8 in-file 4 False b+c plain []" },
    };

    public static TheoryData<string[], string> Wrong => new()
    {
        { ["x.csx"], "x.csx: --poem TEXT (the poem to serve) is required.\n  See tachost x.csx --help." },
        { ["x.csx", "--poem", "p", "--prot", "1"], "x.csx: there is no parameter '--prot'. Did you mean '--port'?" },
        { ["x.csx", "--poem", "p", "--frobnicate"], "x.csx: there is no parameter '--frobnicate'. It has port, poem, level, loud, host, mode." },
        { ["x.csx", "--poem", "p", "--pidfile", "x"], "x.csx: there is no parameter '--pidfile'. It is an option of tachost, and goes before the tac file." },
        { ["x.csx", "--poem", "p", "more"], "x.csx: 'more' is an unexpected argument. Arguments for 'Args' go after '--'." },
        { ["x.csx", "--poem"], "x.csx: --poem needs a value" },
        { ["x.csx", "--peom", "p"], "x.csx: --poem TEXT (the poem to serve) is required, and '--peom' is given. Did you mean '--poem'?" },
        { ["x.csx", "--host", "a", "--peom=p"], "is required, and '--peom' is given. Did you mean '--poem'?" },
        { ["--set", "peom=p", "x.csx"], "is required, and 'peom' is given in --set. Did you mean 'poem'?" },
        { ["--values", "peom.json", "x.csx"], "peom.json'. Did you mean 'poem'?" },
        { ["x.csx", "--poem", "p", "--port", "99999"], "x.csx: --port: '99999' is not a port between 0 and 65535." },
        { ["x.csx", "--poem", "p", "--level", "6"], "x.csx: --level: '6' is not a whole number between 1 and 5." },
        { ["x.csx", "--poem", "p", "--mode", "fncy"], "x.csx: --mode: 'fncy' is not one of plain, fancy. Did you mean 'fancy'?" },
        { ["--set", "pot=1", "x.csx", "--poem", "p"], "x.csx: there is no parameter 'pot' in --set. Did you mean 'port'?" },
        { ["--set", "port=x", "x.csx", "--poem", "p"], "x.csx: --port: 'x' in --set is not " },
        { ["--values", "typo.json", "x.csx", "--poem", "p"], "typo.json'. Did you mean 'level'?" },
        { ["--values", "broken.json", "x.csx"], "broken.json' is not valid JSON in line 2:" },
        { ["--values", "list.json", "x.csx"], "list.json' cannot be used: it is not an object." },
        { ["--values", "nowhere.json", "x.csx"], "nowhere.json': there is no such file." },
    };

    [Theory]
    [MemberData(nameof(Given))]
    public async Task Parameters_GivenFromOutside_CountInTheirOrder(string[] words, string said)
    {
        await using var sandbox = Sandbox();
        using var process = sandbox.Start(["-n", "--pidfile=", .. words]);

        Assert.Equal(said, await Running.Sandbox.PrintedAsync(process, "got "));
    }

    [Fact]
    public async Task Parameters_InTheEnvironmentAndBesideTheTac_CountAfterTheWords()
    {
        await using var sandbox = Sandbox();
        sandbox.Write("x.values.json", "{ \"poem\": \"beside\", \"port\": 1, \"level\": 2 }");
        sandbox.Environment["POEM"] = "named";
        sandbox.Environment["TACHOST_SET_PORT"] = "9";
        using var process = sandbox.Start("-n", "--pidfile=", "x.csx", "--level", "5");
        Assert.Equal("got 9 named 5 False a plain []", await Running.Sandbox.PrintedAsync(process, "got "));

        using var set = sandbox.Start("-n", "--pidfile=", "--set", "port=8", "--set", "poem=set", "x.csx");
        Assert.Equal("got 8 set 2 False a plain []", await Running.Sandbox.PrintedAsync(set, "got "));
    }

    [Fact]
    public async Task Parameters_BesideTheTargetOfALink_CountUnlessTheLinkHasItsOwn()
    {
        await using var sandbox = Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("bin"));
        sandbox.Write("x.values.json", "{ \"poem\": \"target\" }");
        File.CreateSymbolicLink(sandbox.PathOf("bin/app.csx"), "../x.csx");
        using var process = sandbox.Start("-n", "--pidfile=", "bin/app.csx");
        Assert.Equal("got 10000 target 3 False a plain []", await Running.Sandbox.PrintedAsync(process, "got "));

        sandbox.Write("bin/app.values.json", "{ \"poem\": \"link\" }");
        using var own = sandbox.Start("-n", "--pidfile=", "bin/app.csx");
        Assert.Equal("got 10000 link 3 False a plain []", await Running.Sandbox.PrintedAsync(own, "got "));
    }

    [Fact]
    public async Task Parameters_OfADaemon_ReachIt()
    {
        await using var sandbox = Sandbox();
        await sandbox.StartDaemonAsync("--rundir", "sub", "--values", "v.json", "x.csx", "--port", "5", "--", "one");

        await sandbox.LoggedAsync("got 5 in-file 4 True b+c plain [one]");
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Parameters_ThatAreWrong_AreToldBeforeAnythingStarts(string[] words, string said)
    {
        await using var sandbox = Sandbox();
        var outcome = await sandbox.TachostAsync(["-n", .. words]);

        Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(words.Contains("nowhere.json") ? 66 : 64, outcome.ExitCode);
    }

    [Fact]
    public async Task Environment_WithAParameterThatThereIsNot_IsTold()
    {
        await using var sandbox = Sandbox();
        sandbox.Environment["TACHOST_SET_PROT"] = "9";

        Assert.Contains("there is no parameter 'prot' in the environment variable TACHOST_SET_PROT. Did you mean 'port'?", (await sandbox.TachostAsync("-n", "x.csx", "--poem", "p")).Error, StringComparison.Ordinal);
        sandbox.Environment["TACHOST_SET_PEOM"] = "p";
        Assert.Contains("is required, and 'peom' is given in the environment variable TACHOST_SET_PEOM. Did you mean 'poem'?", (await sandbox.TachostAsync("-n", "x.csx")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.csx", "--help")]
    [InlineData("parameters", "x.csx")]
    public async Task Help_OfATac_ListsItsParametersAndStartsNothing(params string[] words)
    {
        await using var sandbox = Sandbox();
        var outcome = await sandbox.TachostAsync(words);

        // What the tac file prints itself is no part of the answer.
        Assert.Equal((0, "got 10000  3 False a plain []\n"), (outcome.ExitCode, outcome.Error));
        Assert.StartsWith("Usage: tachost [host options] x.csx --poem TEXT [parameters] [-- ARGS]\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("--port PORT         The port to listen on. Default: 10000. Environment: TACHOST_SET_PORT.\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("--poem TEXT         The poem to serve. Required. Environment: POEM.\n", outcome.Output, StringComparison.Ordinal);
        Assert.Empty(sandbox.Processes());
    }

    [Fact]
    public async Task Secret_FromAFileOrCredentials_IsNeverShown()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("s.csx", """
            var key = Option<Secret>("key", "the key");
            var db = Option("db", new Secret("none"), "the password");
            Console.WriteLine($"got {key.Value.Length} {db.Value.Length} {key}");
            if (key.Value == "wrong") throw new InvalidOperationException($"key {key} is wrong");
            var application = new Application("x");
            """);
        Directory.CreateDirectory(sandbox.PathOf("credentials"));
        sandbox.Write("credentials/db", "hunter2hunter2\n");
        sandbox.Write("key.txt", "secret\r\n");
        sandbox.Write("wrong.txt", "wrong");
        sandbox.Environment["CREDENTIALS_DIRECTORY"] = sandbox.PathOf("credentials");
        using var process = sandbox.Start("-n", "--pidfile=", "s.csx", "--key", "key.txt");
        Assert.Equal("got 6 14 ***", await Running.Sandbox.PrintedAsync(process, "got "));

        var help = await sandbox.TachostAsync("s.csx", "--help");
        Assert.Contains("--db FILE           The password. Default: ***.", help.Output, StringComparison.Ordinal);
        Assert.Contains("key *** is wrong", (await sandbox.TachostAsync("-n", "s.csx", "--key", "wrong.txt")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_WithoutACredentialsDirectory_IsNotReadFromTheCurrentOne()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("s.csx", "var key = Option<Secret>(\"key\", \"the key\");\nvar application = new Application(\"x\");");
        sandbox.Write("key", "stray");
        sandbox.Environment["CREDENTIALS_DIRECTORY"] = "";

        Assert.Contains("--key FILE (the key) is required.", (await sandbox.TachostAsync("-n", "s.csx")).Error, StringComparison.Ordinal);
    }

    /// <summary>A file that not even root can read.</summary>
    [Fact]
    public async Task Secret_InAFileThatCannotBeRead_SaysWhy()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("s.csx", "var key = Option<Secret>(\"key\", \"the key\");\nvar application = new Application(\"x\");");
        var outcome = await sandbox.TachostAsync("-n", "s.csx", "--key", "/proc/self/mem");

        Assert.Equal(64, outcome.ExitCode);
        Assert.Contains("--key: the file cannot be read: ", outcome.Error, StringComparison.Ordinal);
    }

    /// <summary>A secret that is given instead of its file.</summary>
    [Theory]
    [InlineData("", "", "--key: the value is not a file that holds the secret.")]
    [InlineData("--set", "", "--key: the value in --set is not a file that holds the secret.")]
    [InlineData("", "TACHOST_SET_KEY", "--key: the value in the environment variable TACHOST_SET_KEY is not a file that holds the secret.")]
    [InlineData("--values", "", "s.json' is not a file that holds the secret.")]
    public async Task Secret_InPlaceOfItsFile_IsNotShown(string option, string variable, string said)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("s.csx", "var key = Option<Secret>(\"key\", \"the key\");\nvar keys = Option<Secret[]>(\"more\", [], \"more keys\");\nvar application = new Application(\"x\");");
        sandbox.Write("s.json", "{ \"key\": \"hunter2\" }");
        if (variable.Length > 0)
            sandbox.Environment[variable] = "hunter2";
        string[] words = option switch
        {
            "--set" => ["--set", "key=hunter2", "s.csx"],
            "--values" => ["--values", "s.json", "s.csx"],
            _ when variable.Length > 0 => ["s.csx"],
            _ => ["s.csx", "--key", "hunter2"],
        };
        foreach (var command in new[] { "-n", "check" })
        {
            // The arguments of a tac file belong to a start.
            if (command == "check" && words.Contains("--key"))
                continue;
            var outcome = await sandbox.TachostAsync(command == "check" ? [.. words[..^1], "check", words[^1]] : [command, .. words]);
            Assert.Contains(said, outcome.Output + outcome.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", outcome.Output + outcome.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task Secret_InTheLogAndStatusOfADaemon_IsNotShown(string format)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("s.csx", """
            var key = Option<Secret>("key", "the key");
            var keys = Option<Secret[]>("more", "more keys");
            var application = new Application("x");
            application.AddService(new Shows(key, keys));
            sealed class Shows(Secret key, Secret[] keys) : Service
            {
                public override IReadOnlyList<string> WaitsFor => [$"{key}", string.Join(',', keys.AsEnumerable())];

                protected override Task OnStartAsync(CancellationToken cancellationToken)
                {
                    using var scope = Logger.BeginScope("scope {Key}", key);
                    Logger.LogInformation("one {Key} {@Key2} all {Keys} {@Keys2} map {Map}", key, key, keys, keys, new Dictionary<string, Secret> { ["a"] = key });
                    Logger.LogWarning(new InvalidOperationException($"with {key}"), "failed");
                    return Task.CompletedTask;
                }
            }
            """);
        sandbox.Write("key.txt", "hunter2\n");
        await sandbox.StartDaemonAsync("--log-format", format, "s.csx", "--key", "key.txt", "--more", "key.txt", "--more", "key.txt");
        var shown = sandbox.Log;
        foreach (var command in new[] { "ps", "status", "tree", "logs", "history" })
            shown += (await sandbox.TachostAsync(command == "ps" ? ["ps", "--json"] : [command, "x"])).Output;

        Assert.Contains("one ", shown, StringComparison.Ordinal);
        Assert.Contains("***", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", shown, StringComparison.Ordinal);
    }

    private static Sandbox Sandbox()
    {
        Sandbox sandbox = new();
        sandbox.Write("x.csx", Tac);
        Directory.CreateDirectory(sandbox.PathOf("sub"));
        sandbox.Write("v.json", "{\n  // which poem\n  \"poem\": \"in-file\", \"port\": 7, \"level\": \"4\", \"loud\": true, \"host\": [\"b\", \"c\"], \"mode\": null,\n}");
        sandbox.Write("peom.json", "{ \"peom\": \"p\" }");
        sandbox.Write("typo.json", "{ \"levle\": 1 }");
        sandbox.Write("broken.json", "{\n \"port\" 7 }");
        sandbox.Write("list.json", "[1]");
        return sandbox;
    }
}
