using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Attacks;

/// <summary>Code of another user that root, or a third user, is to be made to run.</summary>
[Collection("attacks")]
public sealed class CodeAttacks(SecondUser eve)
{
    private static string Contract { get; } = Program.HostDirectory;

    /// <summary>Where the code lies, how root comes to it, and what is said of it.</summary>
    public static TheoryData<string, string, string> Places => new()
    {
        { "the tac itself", "eve/evil.csx", "" },
        { "the tac in a directory of eve's", "chown root eve/evil.csx; eve/evil.csx", "" },
        { "the tac that others can write", "cp eve/evil.csx open.csx; chmod 666 open.csx; open.csx", "others can write to 'DIR/open.csx'" },
        { "the tac through a link of eve's", "cp eve/evil.csx roots.csx; ln -s ../roots.csx eve/link.csx; eve/link.csx", "" },
        { "#load", "echo '#load \"eve/evil.csx\"' >load.csx; load.csx", "" },
        { "#r", "echo '#r \"eve/Evil.dll\"\nEvil.Touch(); var application = new Application(\"x\");' >refer.csx; refer.csx", "" },
        { "--lib", "echo '#r \"Evil.dll\"\nEvil.Touch(); var application = new Application(\"x\");' >refer.csx; --lib eve refer.csx", "" },
        { "lib/", "ln -s eve lib; echo '#r \"Evil.dll\"\nEvil.Touch(); var application = new Application(\"x\");' >refer.csx; refer.csx", "" },
        { "TACHOST_PATH", "TACHOST_PATH=$PWD/eve; export TACHOST_PATH; echo '#r \"Evil.dll\"\nEvil.Touch(); var application = new Application(\"x\");' >refer.csx; refer.csx", "" },
        { "--plugins", "--plugins eve/plugins evil --help", "" },
        { "TACHOST_PLUGINS", "TACHOST_PLUGINS=eve/plugins; export TACHOST_PLUGINS; evil --help", "" },
        { "a file of eve's among plugins of root's", "mkdir p; cp eve/plugins/Evil.dll p; chown EVE p/Evil.dll; --plugins p evil --help", "" },
        { "a directory of eve's among plugins of root's", "mkdir p; mkdir p/Evil; cp eve/plugins/Evil.dll p/Evil/Evil.dll; chown EVE p/Evil; --plugins p evil --help", "" },
        { "the user's plugins", "XDG_DATA_HOME=$PWD/data; export XDG_DATA_HOME; mkdir -p data/tachost; ln -s ../../eve/plugins data/tachost/plugins; evil --help", "" },
        { "a native library of eve's beside one of root's", "mkdir lib; cp eve/Native.dll eve/libtacnative.so lib; chown EVE lib/libtacnative.so; echo '#r \"Native.dll\"\nFile.WriteAllText(\"evil-was-here\", $\"{Native.Id()}\");\nvar application = new Application(\"x\");\napplication.RequestStop();' >refer.csx; refer.csx", "" },
        { "nuget.config above the tac", "mkdir -p deep/er; cp eve/nuget.config deep; chown EVE deep/nuget.config; NUGET_PACKAGES=$PWD/packages-of-root; NUGET_SCRATCH=$PWD/scratch; export NUGET_PACKAGES NUGET_SCRATCH; echo '#r \"nuget: Evil, 1.0.0\"\nEvil.Touch();\nvar application = new Application(\"x\");\napplication.RequestStop();' >deep/er/refer.csx; deep/er/refer.csx", "" },
        { "--logger", "cp eve/evil.csx ok.csx; sed -i 1d ok.csx; --lib eve --logger 'Evil, Evil' ok.csx", "" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Code_ThatSomebodyElseCouldHaveWritten_IsNotRunByRoot(string place, string how, string said)
    {
        SecondUser.Require();
        await using var sandbox = await SandboxAsync();
        var steps = how.Replace("EVE", eve.Name, StringComparison.Ordinal).Split("; ");

        var outcome = await sandbox.RunAsync("bash", "-c", $"{string.Concat(steps[..^1].Select(step => step + "\n"))}\nexec {Program.Tachost} -n --no-pidfile {steps[^1]}");

        Assert.False(File.Exists(sandbox.PathOf("evil-was-here")), $"{place}: {outcome}");
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains(said.Length > 0 ? said.Replace("DIR", sandbox.Directory, StringComparison.Ordinal) : "belongs to another user, 'tachost-eve'", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("defect", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plugins_OfTheWorkingDirectory_AreNotForRootUnlessNamed()
    {
        SecondUser.Require();
        await using var sandbox = await SandboxAsync();
        await sandbox.RunAsync("cp", "-r", "eve/plugins", "plugins");

        var unnamed = await sandbox.TachostAsync("evil", "--help");
        Assert.Equal(64, unnamed.ExitCode);
        Assert.Contains("is ignored, because root does not look for plugins in the working directory; name it with --plugins to use it anyway.", unnamed.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await sandbox.TachostAsync("--plugins", "plugins", "evil", "--help")).ExitCode);
    }

    [Fact]
    public async Task PluginsDirectory_ThatLeadsAboveOneOfAnothers_ShadowsNothingForAnybody()
    {
        SecondUser.Require();
        await using var sandbox = await SandboxAsync();

        // A directory of root's, as /home is, with one of eve's in it, and a link to it in a directory that eve has.
        Directory.CreateDirectory(sandbox.PathOf("homes"));
        await sandbox.RunAsync("sh", "-c", $"mkdir homes/ftp; cp eve/plugins/Ftp.dll homes/ftp/ftp.dll; chown -R {eve.Name} homes/ftp; mkdir trap; ln -s ../homes trap/plugins; mkdir -m 777 third; chmod 755 cache");
        foreach (var user in (uint[])[0, 65534])
        {
            var help = await sandbox.RunAsync("setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups", "env", $"HOME={sandbox.PathOf("third")}", "sh", "-c", $"cd trap && exec {Program.Tachost} ftp --help");
            Assert.Equal(0, help.ExitCode);
            Assert.Contains("anonymous", help.Output, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(sandbox.PathOf("trap/evil-was-here")));
        Assert.False(File.Exists(sandbox.PathOf("evil-was-here")));
    }

    [Fact]
    public async Task PluginsDirectory_FlippedAThousandTimes_NeverRunsTheCodeOfAnother()
    {
        SecondUser.Require();
        await using var sandbox = await SandboxAsync();
        await sandbox.RunAsync("sh", "-c", "mkdir good; mkdir -p eve/data/tachost; chown -R tachost-eve eve/data");
        sandbox.Environment["XDG_DATA_HOME"] = sandbox.PathOf("eve/data");
        await using var flips = await Flips.BeginAsync(sandbox, eve, sandbox.PathOf("eve/data/tachost/plugins"), $"link:{sandbox.PathOf("good")}", $"link:{sandbox.PathOf("eve/plugins")}");
        await flips.MeanwhileAsync(10, async () => Assert.Equal(64, (await sandbox.TachostAsync("evil", "--help")).ExitCode));

        Assert.False(File.Exists(sandbox.PathOf("evil-was-here")));
    }

    [Fact]
    public Task NamedPlugins_FlippedAThousandTimes_NeverRunTheCodeOfAnother() => FlipAsync("", "eve/plugins", "--plugins", "eve/named", "evil", "--help");

    [Fact]
    [LongSet]
    public Task Libraries_FlippedAThousandTimes_NeverRunTheCodeOfAnother() => FlipAsync("#r \"Evil.dll\"\nEvil.Touch();", "eve", "-n", "--no-pidfile", "--lib", "eve/named", "good.csx");

    [Fact]
    [LongSet]
    public Task LoadedFiles_FlippedAThousandTimes_NeverRunTheCodeOfAnother() => FlipAsync("#load \"eve/named/evil.csx\"", "eve", "-n", "--no-pidfile", "good.csx");

    [Fact]
    [LongSet]
    public Task Reference_FlippedAThousandTimes_NeverRunsTheCodeOfAnother() => FlipAsync("#r \"eve/named/Evil.dll\"\nEvil.Touch();", "eve", "-n", "--no-pidfile", "good.csx");

    /// <summary>Runs a command as root while a name of eve's leads to an empty directory of root's at one time, and to code of eve's at another.</summary>
    private async Task FlipAsync(string tac, string evil, params string[] words)
    {
        SecondUser.Require();
        await using var sandbox = await SandboxAsync();
        await sandbox.RunAsync("sh", "-c", "mkdir good");
        sandbox.Write("good.csx", $"{tac}\nvar application = new Application(\"good\"); application.RequestStop();");
        await using var flips = await Flips.BeginAsync(sandbox, eve, sandbox.PathOf("eve/named"), $"link:{sandbox.PathOf("good")}", $"link:{sandbox.PathOf(evil)}");
        await flips.MeanwhileAsync(10, async () => Assert.NotEqual(0, (await sandbox.TachostAsync(words)).ExitCode));

        Assert.False(File.Exists(sandbox.PathOf("evil-was-here")));
    }

    [Fact]
    public async Task Tac_FlippedAThousandTimes_NeverRunsTheCodeOfAnother()
    {
        SecondUser.Require();
        await using var sandbox = await SandboxAsync();
        sandbox.Write("good.csx", "var application = new Application(\"good\"); application.RequestStop();");
        await using var flips = await Flips.BeginAsync(sandbox, eve, sandbox.PathOf("eve/which.csx"), $"link:{sandbox.PathOf("good.csx")}", $"link:{sandbox.PathOf("eve/evil.csx")}");
        await flips.MeanwhileAsync(10, async () => Assert.Equal(77, (await sandbox.TachostAsync("-n", "--no-pidfile", "eve/which.csx")).ExitCode));

        Assert.False(File.Exists(sandbox.PathOf("evil-was-here")));
    }

    [Fact]
    public async Task Cache_FlippedAThousandTimes_NeverRunsWhatAnotherHasCompiled()
    {
        SecondUser.Require();
        await using var sandbox = await SandboxAsync();
        sandbox.Write("honest.csx", "var application = new Application(\"honest\"); application.RequestStop();");

        // What is kept under the name of the honest tac is eve's, as if the honest one had been compiled so.
        sandbox.Environment["TACHOST_CACHE"] = sandbox.PathOf("good");
        Assert.Equal(0, (await sandbox.TachostAsync("-n", "--no-pidfile", "honest.csx")).ExitCode);
        var honest = Path.GetFileName(Assert.Single(Directory.EnumerateFiles(sandbox.PathOf("good"), "*.tac")));
        sandbox.Write("evil.csx", Evil(sandbox));
        sandbox.Environment["TACHOST_CACHE"] = sandbox.PathOf("poisoned");
        Assert.Equal(0, (await sandbox.TachostAsync("compile", "evil.csx")).ExitCode);
        File.Move(Assert.Single(Directory.EnumerateFiles(sandbox.PathOf("poisoned"), "*.tac")), sandbox.PathOf($"poisoned/{honest}"));
        Assert.Equal(0, (await sandbox.TachostAsync("-n", "--no-pidfile", "honest.csx")).ExitCode);
        Assert.True(File.Exists(sandbox.PathOf("evil-was-here")), "the poison works where root has put it");
        File.Delete(sandbox.PathOf("evil-was-here"));
        await sandbox.RunAsync("chown", "-R", eve.Name, "poisoned");

        await using var flips = await Flips.BeginAsync(sandbox, eve, sandbox.PathOf("eve/cache"), $"link:{sandbox.PathOf("good")}", $"link:{sandbox.PathOf("poisoned")}");
        sandbox.Environment["TACHOST_CACHE"] = sandbox.PathOf("eve/cache");
        await flips.MeanwhileAsync(20, async () => Assert.Equal(0, (await sandbox.TachostAsync("-n", "--no-pidfile", "honest.csx")).ExitCode));

        Assert.False(File.Exists(sandbox.PathOf("evil-was-here")));
    }

    [Fact]
    public async Task Cache_BelowADirectoryOfAnothers_IsNeitherMadeNorUsed()
    {
        SecondUser.Require();
        await using var sandbox = await SandboxAsync();
        await sandbox.RunAsync("mkdir", "roots");
        await eve.RunAsync(sandbox, "ln -s ../roots eve/.cache");
        (sandbox.Environment["TACHOST_CACHE"], sandbox.Environment["XDG_CACHE_HOME"], sandbox.Environment["HOME"]) = ("", null, sandbox.PathOf("eve"));
        sandbox.Write("honest.csx", "var application = new Application(\"honest\"); application.RequestStop();");

        var outcome = await sandbox.TachostAsync("-n", "--no-pidfile", "honest.csx");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("is not used, because", outcome.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(sandbox.PathOf("roots")));
    }

    private static string Evil(Sandbox sandbox) => $"File.WriteAllText(\"{sandbox.PathOf("evil-was-here")}\", \"\");\nvar application = new Application(\"evil\");\napplication.RequestStop();\n";

    /// <summary>A sandbox of root's with a directory of eve's that holds a tac, a library and plugins; where nothing is trusted by name.</summary>
    private async Task<Sandbox> SandboxAsync()
    {
        Sandbox sandbox = new();
        sandbox.Environment["TACHOST_TRUST"] = "";
        var directory = await eve.MakeDirectoryAsync(sandbox, "eve");
        sandbox.Write("eve/evil.csx", Evil(sandbox));
        var touch = $"System.IO.File.WriteAllText(\"{sandbox.PathOf("evil-was-here")}\", \"\");";
        Directory.CreateDirectory(sandbox.PathOf("eve/plugins"));
        PluginAssembly.Compile(sandbox.PathOf("eve/Evil.dll"), $"public class Evil {{ public Evil() {{ {touch} }} public static void Touch() {{ {touch} }} }}", Contract);
        PluginAssembly.Compile(sandbox.PathOf("eve/plugins/Evil.dll"), PluginAssembly.Source("evil", maker: $"public Maker() {{ {touch} }}"), Contract);
        PluginAssembly.Compile(sandbox.PathOf("eve/plugins/Ftp.dll"), PluginAssembly.Source("ftp", maker: $"public Maker() {{ {touch} }}"), Contract);
        PluginAssembly.Compile(sandbox.PathOf("eve/Native.dll"), "public static class Native { [System.Runtime.InteropServices.DllImport(\"tacnative\", EntryPoint = \"SystemNative_GetPid\")] public static extern int Id(); }", Contract);
        TestPackage.Write(sandbox.PathOf("eve/feed"), "Evil", "1.0.0", null, ("lib/net8.0/Evil.dll", await File.ReadAllBytesAsync(sandbox.PathOf("eve/Evil.dll"))));
        sandbox.Write("eve/nuget.config", $"<configuration><packageSources><clear /><add key=\"eve\" value=\"{sandbox.PathOf("eve/feed")}\" /></packageSources></configuration>");
        File.Copy(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.Native.so"), sandbox.PathOf("eve/libtacnative.so"));
        Assert.Equal(0, (await sandbox.RunAsync("chown", "-R", eve.Name, directory)).ExitCode);
        return sandbox;
    }
}
