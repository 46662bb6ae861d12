using System.Text;
using TacHost.EndToEnd.Tests.Running;
using TacHost.Packages;
using TacHost.Scripting;
using TacFile = TacHost.Scripting.TacFile;

namespace TacHost.Tests.Packages;

/// <summary>Which packages and which of their files a tac file gets, and that they are those of its lock file.</summary>
[Collection<AloneCollection>]
public sealed class PackageRestoreTests : IDisposable
{
    private const string Low = "#r \"nuget: Low, 1.0.0\"";

    private readonly PackageSite _site = new();

    public void Dispose() => _site.Dispose();

    [Theory]
    [InlineData("nuget: Low", "2.0.0")]
    [InlineData("nuget:Low,1.*", "1.5.0")]
    [InlineData("nuget: low, [1.0.0]", "1.0.0")]
    [InlineData("nuget: Low, *-*", "3.0.0-beta")]
    [InlineData("nuget: Low, (1.0,2.0)", "1.5.0")]
    public void Restore_OfAVersion_TakesTheOneThatNuGetChooses(string directive, string chosen)
    {
        foreach (var version in (string[])["1.0.0", "1.5.0", "2.0.0", "3.0.0-beta"])
            _site.Add("Low", version);
        Assert.Equal(chosen, Assert.Single(_site.Restore($"#r \"{directive}\"").Lock.Packages).Version);

        // A newer version does not replace the one in the lock file, unless that is asked for.
        _site.Add("Low", "1.9.0");
        Assert.Equal(chosen, Assert.Single(_site.Restore($"#r \"{directive}\"").Lock.Packages).Version);
        Assert.Equal(chosen == "1.5.0" && directive.Contains('*', StringComparison.Ordinal) ? "1.9.0" : chosen, Assert.Single(_site.Restore($"#r \"{directive}\"", new PackageOptions { Renew = true }).Lock.Packages).Version);
    }

    [Theory]
    [InlineData("nuget:", "which is not the name of a package")]
    [InlineData("nuget: , 1.0", "which is not the name of a package")]
    [InlineData("nuget: Low, one", "asks for the package 'Low' in version 'one', which is not a version")]
    public void Restore_OfAWrongDirective_IsRefused(string directive, string said)
    {
        var refused = _site.Refused($"#r \"{directive}\"");

        Assert.Equal(ExitCode.BadTac, refused.ExitCode);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_OfDependenciesForARuntime_TakesThoseOfThisMachine()
    {
        _site.Add("Low", "1.0.0");
        _site.Restore(Low);
        Assert.DoesNotContain("runtime", File.ReadAllText(_site["x.csx.lock.json"]), StringComparison.Ordinal);
        var rid = PackageRuntimes.Identifier;
        var runtimes = $$$"""{ "runtimes": { "{{{rid}}}": { "Clang": { "Clang.here": "1.0.0" } }, "win-x64": { "Clang": { "Clang.win": "1.0.0" } } } }""";
        TestPackage.Write(_site["feed"], "Clang", "1.0.0", null, ("lib/net8.0/Clang.dll", "code"u8.ToArray()), ("runtime.json", Encoding.UTF8.GetBytes(runtimes)));
        TestPackage.Write(_site["feed"], "Clang.here", "1.0.0", null, ($"runtimes/{rid}/native/libclang.so", "code"u8.ToArray()));
        var found = _site.Restore("#r \"nuget: Clang, 1.0.0\"");
        Assert.Equal(["Clang 1.0.0", "Clang.here 1.0.0"], found.Lock.Packages.Select(package => $"{package.Id} {package.Version}"));
        Assert.Equal(["Clang.dll", "libclang.so"], found.Run.Select(file => Path.GetFileName(file.Path)));

        // The lock file of another machine has other packages.
        var lockFile = File.ReadAllText(_site["x.csx.lock.json"]);
        Assert.Contains($"\"runtime\": \"{rid}\"", lockFile, StringComparison.Ordinal);
        File.WriteAllText(_site["x.csx.lock.json"], lockFile.Replace($"\"{rid}\"", "\"win-x64\"", StringComparison.Ordinal));
        Assert.Contains("does not fit", _site.Refused("#r \"nuget: Clang, 1.0.0\"", new PackageOptions { Locked = true }).Message, StringComparison.Ordinal);
        Assert.Equal(rid, _site.Restore("#r \"nuget: Clang, 1.0.0\"").Lock.Runtime);
    }

    [Fact]
    public void Restore_OfAnalyzersAndBuildTargets_IgnoresThemWithOneLine()
    {
        _site.Add("Low", "1.0.0", more: ["analyzers/dotnet/cs/Low.Analyzers.dll", "build/Low.targets", "buildTransitive/Low.targets"]);
        _site.Add("High", "1.0.0");
        var found = _site.Restore(Low + "\n#r \"nuget: High, 1.0.0\"");

        Assert.Equal(["The package 'Low' 1.0.0 has analyzers, build, buildTransitive, which tac files do not use."], found.Ignored);
        Assert.Equal(["High.dll", "Low.dll"], found.Compile.Select(path => Path.GetFileName(path)));
    }

    /// <summary>The host never takes its own libraries from a package.</summary>
    [Theory]
    [InlineData("99.0.0.0", true)]
    [InlineData("1.0.0.0", false)]
    public void Restore_OfALibraryThatTheHostHas_TellsThatTheHostsIsOlder(string version, bool isTold)
    {
        const string name = "Microsoft.Extensions.Primitives";
        PluginAssembly.Compile(_site[$"build/{name}.dll"], $"[assembly: System.Reflection.AssemblyVersion(\"{version}\")]", AppContext.BaseDirectory);
        TestPackage.Write(_site["feed"], name, "99.0.0", null, ($"lib/net8.0/{name}.dll", File.ReadAllBytes(_site[$"build/{name}.dll"])));
        var found = _site.Restore($"#r \"nuget: {name}, 99.0.0\"");

        Assert.Empty(found.Run);
        Assert.Equal(isTold, found.Warnings.Count == 1);
        if (isTold)
            Assert.StartsWith($"The package '{name}' 99.0.0 has the assembly '{name}' 99.0.0.0, but tachost has 10.0.", found.Warnings[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData(null)]
    public void Restore_OfAnExtractedFileThatWasChanged_IsRefused(string? content)
    {
        _site.Add("Low", "1.0.0");
        var file = Assert.Single(_site.Restore(Low).Run).Path;
        File.Delete(file);
        if (content is not null)
            File.WriteAllText(file, content);
        var refused = _site.Refused(Low);

        Assert.Equal((ExitCode.BadTac, $"'{file}' is not the file that the archive of the package 'Low' 1.0.0 contains.\n  Remove '{_site["packages-of-user/low/1.0.0"]}' to download the package again."), (refused.ExitCode, refused.Message));
    }

    [Fact]
    public void Restore_OfAFileThatWasAdded_DoesNotTakeIt()
    {
        _site.Add("Low", "1.0.0");
        var file = Assert.Single(_site.Restore(Low).Run).Path;
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(file)!, "Added.dll"), "added");

        Assert.Equal(file, Assert.Single(_site.Restore(Low).Run).Path);
    }

    [Theory]
    [InlineData(null, "has no archive (*.nupkg)")]
    [InlineData("no archive", "has a damaged archive")]
    public void Restore_WithoutAnArchiveThatCanBeRead_IsRefused(string? content, string said)
    {
        _site.Add("Low", "1.0.0");
        _site.Restore(Low);
        var archive = _site["packages-of-user/low/1.0.0/low.1.0.0.nupkg"];
        File.Delete(archive);
        if (content is not null)
            File.WriteAllText(archive, content);

        Assert.Equal($"the package in '{Path.GetDirectoryName(archive)}' cannot be verified: it {said}.\n  Remove the directory to download the package again.", _site.Refused(Low).Message);
    }

    [Fact]
    public void Restore_ByRoot_NeedsAFolderThatOnlyRootCanWrite()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root needs such a folder");
        _site.Add("Low", "1.0.0");
        var open = Directory.CreateDirectory(_site["open"]).FullName;
        File.SetUnixFileMode(open, (UnixFileMode)0b111_111_111);
        var refused = _site.Refused(Low, new PackageOptions { Folder = open });
        Assert.Equal(ExitCode.NoPermission, refused.ExitCode);
        Assert.Contains($"packages are not restored into '{open}' as root: others can write to '{open}'", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(open));

        // A folder that is missing is made for root alone to write to.
        _site.Restore(Low, new PackageOptions { Folder = _site["new"] });
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(_site["new"]));
    }

    [Fact]
    public void Prepare_OfATacThatIsCompiled_VerifiesTheFilesThatWereWrittenSince()
    {
        PluginAssembly.Compile(_site["build/Low.dll"], "public static class Low { public const string Text = \"low\"; }", AppContext.BaseDirectory);
        TestPackage.Write(_site["feed"], "Low", "1.0.0", null, ("lib/net8.0/Low.dll", File.ReadAllBytes(_site["build/Low.dll"])));
        File.WriteAllText(_site.Tac, Low + "\nvar application = new Application(Low.Text);");
        Assert.True(Prepare().WasCompiled);
        Assert.False(Prepare().WasCompiled);

        // The same content at another time, as after a copy, is verified once and kept.
        var file = Assert.Single(Prepare().Tac.Code.PackageFiles);
        File.SetLastWriteTimeUtc(file.Path, DateTime.UnixEpoch);
        Assert.False(Prepare().WasCompiled);
        Assert.NotEqual(file, Assert.Single(TacCache.At(_site["cache"]).Find(Prepare().Key)!.PackageFiles));
        File.AppendAllText(file.Path, " ");
        Assert.Contains($"'{file.Path}' is not the file that the archive of the package 'Low' 1.0.0 contains.", Assert.ThrowsAny<TacHostException>(Prepare).Message, StringComparison.Ordinal);
    }

    private TacPreparation Prepare() => TacFile.Prepare(_site.Tac, [], new PackageOptions(), TacCache.At(_site["cache"]));
}
