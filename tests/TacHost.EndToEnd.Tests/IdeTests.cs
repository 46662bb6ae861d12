using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>The projects that <c>tachost ide</c> writes for editors, compiled by the SDK.</summary>
public sealed class IdeTests
{
    private const string Program1 = """
        #:package TacHost.Services@0.0.1
        var port = Option("port", 0, "the port to listen on");
        var application = new Application(Args.Count > 0 ? Args[0] : "poem");
        await application.RunAsync();
        """;

    [Fact]
    public async Task Ide_OfTacFiles_WritesProjectsThatCompileWithoutAWarning()
    {
        await using var sandbox = new Sandbox();
        foreach (var name in new[] { "ecstasy-everywhere.csx", "self-contained.csx" })
            File.Copy(Path.Combine(Program.Root, "deployments", name), sandbox.PathOf(name));
        sandbox.Write("poem.cs", Program1);
        sandbox.Write("Model.cs", "class Model;");

        // Neither a package nor a rule of a repository around the directory concerns the tac files.
        sandbox.Write("Directory.Packages.props", "<Project><PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup></Project>");
        sandbox.Write("Directory.Build.targets", "<Project><Target Name=\"Fail\" BeforeTargets=\"Build\"><Error Text=\"not for tac files\" /></Target></Project>");
        await BuildAsync(sandbox, "ecstasy-everywhere.csx, poem.cs, self-contained.csx");
    }

    [Fact]
    public async Task Ide_WhereAUserHasFiles_KeepsThemWithoutForce()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        Directory.CreateDirectory(sandbox.PathOf(".vscode"));
        sandbox.Write(".vscode/launch.json", "{}");
        var outcome = await sandbox.TachostAsync("ide");

        Assert.Equal((73, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("'./.vscode/launch.json' is there already, and 'tachost ide' has not written it. Nothing has been written.", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("{}", await File.ReadAllTextAsync(sandbox.PathOf(".vscode/launch.json"), TestContext.Current.CancellationToken));
        Assert.False(File.Exists(sandbox.PathOf("tacs.slnx")));

        Assert.Equal(0, (await sandbox.TachostAsync("ide", "--force", sandbox.Directory)).ExitCode);
        Assert.Contains("\"${file}\"", await File.ReadAllTextAsync(sandbox.PathOf(".vscode/launch.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        // The second time, all files are those of the command.
        Assert.Equal(0, (await sandbox.TachostAsync("ide")).ExitCode);
        Assert.Contains("there is no tac file in '.vscode'", (await sandbox.TachostAsync("ide", ".vscode")).Error, StringComparison.Ordinal);
    }

    /// <summary>Files that not even root can read.</summary>
    [Theory]
    [InlineData("poem.cs")]
    [InlineData("tacs.slnx")]
    public async Task Ide_WhereAFileCannotBeRead_SaysWhichOne(string name)
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        File.CreateSymbolicLink(sandbox.PathOf(name), "/proc/self/mem");
        var outcome = await sandbox.TachostAsync("ide");

        Assert.Equal((66, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains($"cannot read './{name}': ", outcome.Error, StringComparison.Ordinal);
    }

    /// <summary>Editors accept <c>#:</c> directives, but not <c>#r</c>.</summary>
    [Fact]
    public async Task Start_OfAScriptWithDirectivesOfPrograms_Runs()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("poem.txt", Sandbox.Poem);
        sandbox.Write("poem.csx", Sandbox.Tac(0, "poem.txt", "").Replace("#r \"FastPoetry.Services.dll\"", "#!/usr/bin/env tachost\n#:package FastPoetry.Services\n#:property Nullable=enable", StringComparison.Ordinal));
        await sandbox.StartDaemonAsync("poem.csx");

        Assert.Equal(Sandbox.Poem, System.Text.Encoding.UTF8.GetString(await sandbox.FetchAsync()));
        sandbox.Write("bad.csx", "#:pakage Npgsql@9.0.3\nvar application = new Application(\"x\");");
        Assert.Contains("bad.csx:1: '#:pakage Npgsql@9.0.3' is not a directive of a tac file.", (await sandbox.TachostAsync("check", "bad.csx")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Documentation_OfEachLibraryThatATacFileCanName_LiesBesideIt()
    {
        var host = Program.HostDirectory;
        List<string> libraries = [.. Directory.GetFiles(Path.Combine(host, "plugins"), "*.dll"), Path.Combine(host, "TacHost.Services.dll"), .. Directory.GetFiles(host, "Microsoft.Extensions.*.dll")];
        string[] own = ["TacHost.Services", "TacHost.Web", "TacHost.Telnet", "TacHost.Dns", "TacHost.Ftp", "TacHost.Proxies", "TacHost.Processes", "FastPoetry.Services", "FastPoetry.Web"];

        Assert.Equal([], own.Except(libraries.Select(Path.GetFileNameWithoutExtension)));
        Assert.Equal([], libraries.Where(library => !File.Exists(Path.ChangeExtension(library, ".xml"))));
    }

    private static async Task BuildAsync(Sandbox sandbox, string tacs)
    {
        var written = await sandbox.TachostAsync("ide");
        Assert.Equal(new Outcome(0, $".: wrote projects for {tacs}. Open the directory in an editor, or 'tacs.slnx'.\n", ""), written);
        sandbox.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        var built = await sandbox.RunAsync("env", $"TMPDIR={sandbox.Directory}", "dotnet", "build", "tacs.slnx", "--nologo", "--verbosity", "quiet", "-warnaserror", "--disable-build-servers");
        Assert.True(built.ExitCode == 0, built.Output + built.Error);
    }
}
