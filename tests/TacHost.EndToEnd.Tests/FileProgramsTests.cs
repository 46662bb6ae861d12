using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Tac files in the form of .NET's file-based programs. packaging/try starts the same form with <c>dotnet run</c>.</summary>
public sealed class FileProgramsTests
{
    private const string Poem = """
        #!/usr/bin/env tachost
        #:package TacHost.Services@0.0.1
        #:property PublishAot=false
        #:sdk Microsoft.NET.Sdk

        using System.Globalization;

        var port = Option("port", 0, "the port to listen on");
        var application = new Application("poem");
        Poem poem = new(1 + 2, new Model.Verse(null));
        new TcpServer(port, ServerFactory.ForProtocol(() => new Reciter(poem)), "127.0.0.1").SetServiceParent(application);
        if (Args.Count > 0)
            throw new InvalidOperationException($"no {Args[0].Shout()}");
        return await application.RunAsync();

        file static class Extensions
        {
            extension(string text)
            {
                public string Shout() => text.ToUpper(CultureInfo.InvariantCulture);
            }
        }

        sealed class Reciter(Poem poem) : LineProtocol
        {
            protected override void ConnectionMade() { SendLine($"{poem.Lines} lines"); Transport.LoseConnection(); }
        }

        namespace Model
        {
            record Verse(string? Text);
        }

        record Poem(int Lines, Model.Verse First);

        """;

    /// <summary>A mistake in a program, the exit code, and a part of the message.</summary>
    public static TheoryData<string, int, string> Mistakes => new()
    {
        { "var application = ;", 65, "bad.cs(1,19): error CS1525" },
        { "class A { }\nvar application = new Application(\"x\");", 65, "bad.cs(2,1): error CS8803: Top-level statements must precede" },
        { "var application = new Application(\"x\");\nclass A\n{\n    int x = Nothing;\n}", 65, "bad.cs(4,13): error CS0103: The name 'Nothing' does not exist" },
        { "var application = new Application(\"x\");\nnothing();", 65, "bad.cs(2,1): error CS0103: The name 'nothing' does not exist" },
        { "var application = new Application(\"x\");\nConsole.WriteLine(args);", 65, "Write 'Args', the words after '--'." },
        { "#r \"System.Xml\"\nvar application = new Application(\"x\");", 65, "Write #:package NAME@VERSION or #:project PATH, or rename the file to .csx." },
        { "using Microsoft.AspNetCore.Builder;\nvar application = new Application(\"x\");", 65, "put this line at the top of the file: #:package TacHost.Web@" },
        { "#load \"other.csx\"\nvar application = new Application(\"x\");", 65, "Write #:package NAME@VERSION or #:project PATH, or rename the file to .csx." },
        { "var application = new Application(\"x\");\nnew A();\nclass A\n{\n    public A() => throw new InvalidOperationException(\"no moon\");\n}", 70, "'bad.cs' threw InvalidOperationException at bad.cs:line 5: no moon\n          public A() => throw new InvalidOperationException(\"no moon\");\n                        ^" },
        { "Console.WriteLine(1);", 65, "has no global variable named 'application'" },
        { "class A { }", 65, "has no global variable named 'application'" },
        { "#:sdk Aspire.AppHost.Sdk@9.0.0\nvar application = 1;", 65, "bad.cs:1: #:sdk Aspire.AppHost.Sdk@9.0.0 needs a build" },
        { "\n// text\n#:project ../Moon/Moon.csproj\nvar application = 1;", 65, "bad.cs:3: #:project ../Moon/Moon.csproj needs the library of the project" },
        { "#:package @1\nvar application = 1;", 65, "bad.cs:1: '#:package @1' does not name a package. Write #:package NAME@VERSION." },
        { "#:pakage Npgsql@9.0.3\nvar application = 1;", 65, "bad.cs:1: '#:pakage Npgsql@9.0.3' is not a directive of a tac file." },
        { "var application = new Application(\"x\");\n#:package Npgsql@9.0.3", 65, "bad.cs(2,2): error CS9297: '#:' directives cannot be after first token" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Check_OfAMistakeInAProgram_TellsIt(string tac, int exitCode, string said)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("bad.cs", tac);
        var outcome = await sandbox.TachostAsync("check", "bad.cs");

        Assert.Contains(said, outcome.Output, StringComparison.Ordinal);
        Assert.Equal(exitCode, outcome.ExitCode);
    }

    [Fact]
    public async Task Start_OfAProgram_RunsItAsADaemon()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("poem.cs", Poem);
        Assert.Equal(new Outcome(0, "poem.cs: compiled\n", ""), await sandbox.TachostAsync("compile", "poem.cs"));
        Assert.Equal(new Outcome(0, "poem.cs: up to date\n", ""), await sandbox.TachostAsync("compile", "poem.cs"));
        await sandbox.StartDaemonAsync("--log-level", "debug", "poem.cs", "--port", "0");

        Assert.Equal("3 lines\r\n", Encoding.UTF8.GetString(await sandbox.FetchAsync()));
        Assert.Contains("#debug] 'poem.cs' line 3: #:property PublishAot=false has no effect in tachost.", sandbox.Log, StringComparison.Ordinal);
        Assert.Contains("#debug] 'poem.cs' line 2: TacHost.Services comes from tachost, in version", sandbox.Log, StringComparison.Ordinal);

        sandbox.Write("poem.cs", Poem.Replace("1 + 2", "4", StringComparison.Ordinal));
        var reload = await sandbox.TachostAsync("reload", "poem.cs");
        Assert.Equal((0, ""), (reload.ExitCode, reload.Error));
        Assert.Equal("4 lines\r\n", Encoding.UTF8.GetString(await sandbox.FetchAsync()));
        sandbox.Write("poem.cs", "// another comment\n" + Poem.Replace("#!/usr/bin/env tachost\n", "", StringComparison.Ordinal).Replace("1 + 2", "4", StringComparison.Ordinal));
        Assert.Contains("nothing has changed", (await sandbox.TachostAsync("reload", "poem.cs")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OfAProgramThatThrows_TellsItsLine()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("poem.cs", Poem);
        var outcome = await sandbox.TachostAsync("poem.cs", "--", "moon");

        Assert.Equal((70, "tachost: 'poem.cs' threw InvalidOperationException at poem.cs:line 13: no MOON\n        throw new InvalidOperationException($\"no {Args[0].Shout()}\");\n        ^\n"), (outcome.ExitCode, outcome.Error));
        Assert.StartsWith("Usage: tachost [host options] poem.cs [parameters] [-- ARGS]\n\nParameters:\n      --port NUMBER ", (await sandbox.TachostAsync("poem.cs", "--help")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OfAProgramOnAspNetCore_ServesHttp()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("site.cs", "#:sdk Microsoft.NET.Sdk.Web\n#:package TacHost.Web@*\nusing TacHost.Web;\nvar application = new Application(\"site\");\nnew HttpServer(0, context => context.Response.WriteAsync(\"moon\"), \"127.0.0.1\").SetServiceParent(application);\nawait application.RunAsync();");
        await sandbox.StartDaemonAsync("site.cs");

        using HttpClient client = new();
        Assert.Equal("moon", await client.GetStringAsync(new Uri($"http://127.0.0.1:{sandbox.Port()}/"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Start_OfAProgramWithAProject_LoadsWhatThatHasBuilt()
    {
        await using var sandbox = new Sandbox();
        var output = Directory.CreateDirectory(sandbox.PathOf("FastPoetry.Copy/bin/Debug/net10.0")).FullName;
        File.Copy(Path.Combine(Program.HostDirectory, "plugins", "FastPoetry.Services.dll"), Path.Combine(output, "FastPoetry.Copy.dll"));
        sandbox.Write("poem.cs", "#:project FastPoetry.Copy\nvar application = new Application(\"x\");\nnew FastPoetry.Services.PoetryService(\"poem.txt\").SetServiceParent(application);");
        var outcome = await sandbox.TachostAsync("check", "poem.cs");

        Assert.Equal(new Outcome(0, "poem.cs: nothing found\n", ""), outcome);
    }

    [Theory]
    [InlineData("bin/poem")]
    [InlineData("bin/poem.cs")]
    public async Task Program_BehindALink_HasTheProjectsBesideItsTarget(string link)
    {
        await using var sandbox = new Sandbox();
        var output = Directory.CreateDirectory(sandbox.PathOf("release/Copy/bin/Debug/net10.0")).FullName;
        Directory.CreateDirectory(sandbox.PathOf("bin"));
        File.Copy(Path.Combine(Program.HostDirectory, "plugins", "FastPoetry.Services.dll"), Path.Combine(output, "Copy.dll"));
        sandbox.Write("release/poem.cs", "#:project Copy\\Copy.csproj\nvar application = new Application(\"x\");\nnew FastPoetry.Services.PoetryService(\"poem.txt\").SetServiceParent(application);\nawait application.RunAsync();");
        File.CreateSymbolicLink(sandbox.PathOf(link), "../release/poem.cs");

        Assert.Equal(new Outcome(0, $"{link}: nothing found\n", ""), await sandbox.TachostAsync("check", link));
    }
}
