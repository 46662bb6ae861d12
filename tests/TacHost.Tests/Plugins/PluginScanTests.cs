using CsCheck;
using TacHost.EndToEnd.Tests.Running;
using TacHost.Plugins;

namespace TacHost.Tests.Plugins;

/// <summary>When files of a plugin directory are read again, and when the index will do. Scripts stand for both kinds, as reading them can be counted.</summary>
public sealed class PluginScanTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("tachost-scan-").FullName;
    private readonly byte[] _image;
    private int _compiled;

    public PluginScanTests()
    {
        Directory.CreateDirectory(Plugins);
        Directory.CreateDirectory(Cache);
        PluginAssembly.Compile(Path.Combine(_root, "one.dll"), PluginAssembly.Source("one"), AppContext.BaseDirectory);
        _image = File.ReadAllBytes(Path.Combine(_root, "one.dll"));
        Write("one.csx", "first");
    }

    private string Plugins => Path.Combine(_root, "plugins");

    private string Cache => Path.Combine(_root, "cache");

    private string Index => Path.Combine(Cache, PluginIndex.NameOf(Plugins));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Look_NothingChanged_ReadsNothingAgain()
    {
        var first = Assert.Single(Look());
        var second = Assert.Single(Look());

        Assert.Equal(1, _compiled);
        Assert.Equal(("one", "The plugin one.", "3.2.1", "Maker"), Seen(first));
        Assert.Equal(Seen(first), Seen(second));
        Assert.Equal([("port", 'p', "a port", "Port")], second.Plugins[0].Options.Select(option => (option.Name, option.Letter, option.Description, option.Kind)));
        Assert.Equal(["one.csx"], Directory.EnumerateFileSystemEntries(Plugins).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("edited")]
    [InlineData("edited to the same size and time")]
    [InlineData("replaced by an older one")]
    [InlineData("touched back in time")]
    public void Look_AFileIsNotTheSame_ReadsItAgain(string how)
    {
        Look();
        var path = Path.Combine(Plugins, "one.csx");
        var time = File.GetLastWriteTimeUtc(path);
        switch (how)
        {
            case "edited":
                Write("one.csx", "second, and longer");
                break;
            case "edited to the same size and time":
                Write("one.csx", "fisrt");
                File.SetLastWriteTimeUtc(path, time);
                break;
            case "replaced by an older one":
                var older = Path.Combine(_root, "older.csx");
                File.WriteAllText(older, "first");
                File.SetLastWriteTimeUtc(older, time.AddDays(-1));
                File.Move(older, path, overwrite: true);
                break;
            default:
                File.SetLastWriteTimeUtc(path, time.AddDays(-1));
                break;
        }

        Look();
        Assert.Equal(2, _compiled);
        Look();
        Assert.Equal(2, _compiled);
    }

    [Fact]
    public void Look_FilesComeAndGo_KeepsTheListRight()
    {
        Look();
        Write("two.csx", "first");
        Assert.Equal(["one.csx", "two.csx"], Look().Select(file => file.Name));
        Assert.Equal(2, _compiled);
        File.Delete(Path.Combine(Plugins, "one.csx"));
        Assert.Equal(["two.csx"], Look().Select(file => file.Name));
        Assert.Equal(["two.csx"], Look().Select(file => file.Name));
        Assert.Equal(2, _compiled);
        Directory.Delete(Plugins, recursive: true);
        Assert.Empty(Look());
    }

    [Fact]
    public void Look_WhatAScriptLoadsHasChanged_ReadsItAgain()
    {
        var loaded = Path.Combine(_root, "loaded.csx");
        File.WriteAllText(loaded, "x");
        Look(loaded);
        Look(loaded);
        Assert.Equal(1, _compiled);
        File.AppendAllText(loaded, "y");
        Look(loaded);
        Assert.Equal(2, _compiled);
        File.Delete(loaded);
        Look(loaded);
        Assert.Equal(3, _compiled);
    }

    [Fact]
    public void Look_ABrokenScript_IsTriedAgainOnceItsDirectoryHasChanged()
    {
        Write("one.csx", "broken");
        Assert.Equal("it does not compile", Assert.Single(Look()).Error);
        Assert.Equal("it does not compile", Assert.Single(Look()).Error);
        Assert.Equal(1, _compiled);
        Write("two.csx", "first");
        Look();
        Assert.Equal(3, _compiled);
    }

    [Fact]
    public void Look_AtADamagedIndex_ReadsTheFilesAgain()
    {
        Look();
        var whole = File.ReadAllBytes(Index);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, whole.Length]).Sample(
            (at, value, length) =>
            {
                var damaged = whole.ToArray();
                damaged[at] ^= value;
                File.WriteAllBytes(Index, damaged.AsSpan(0, Math.Max(length, value == 0 ? 0 : at + 1)).ToArray());
                Assert.Equal(("one", "The plugin one.", "3.2.1", "Maker"), Seen(Assert.Single(Look())));
            },
            iter: 300,
            threads: 1);
        File.Delete(Index);
        Directory.CreateDirectory(Index);
        Assert.Equal("one", Assert.Single(Look()).Plugins[0].Name);
    }

    [Fact]
    public void Look_WithoutACache_ReadsTheFilesAndSaysWhy()
    {
        PluginScan scan = new(CacheDirectory.None("The cache is not used."), [], Compile);

        Assert.Equal("one", Assert.Single(scan.Look(Plugins)).Plugins[0].Name);
        Assert.Equal(["The cache is not used."], scan.Notices);
    }

    [Fact]
    public async Task Look_ManyAtOnce_AllSeeTheSameAndTheIndexIsWhole()
    {
        for (var i = 0; i < 20; i++)
            Write($"plugin{i}.csx", "first");
        var names = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => string.Join(' ', Look().Select(file => file.Name)))));

        Assert.Single(names.Distinct());
        var compiled = _compiled;
        Assert.Equal(21, Look().Count);
        Assert.Equal(compiled, _compiled);
        Assert.Equal([Index], Directory.EnumerateFiles(Cache));
    }

    [Fact]
    public void Look_FilesThatAreNoPlugins_ArePassedOver()
    {
        File.WriteAllText(Path.Combine(Plugins, "readme.txt"), "x");
        File.WriteAllText(Path.Combine(Plugins, ".hidden.dll"), "x");
        Directory.CreateDirectory(Path.Combine(Plugins, "Nested"));
        File.Copy(Path.Combine(_root, "one.dll"), Path.Combine(Plugins, "Nested", "Nested.dll"));
        File.WriteAllText(Path.Combine(Plugins, "Nested", "Other.dll"), "x");

        Assert.Equal([Path.Combine("Nested", "Nested.dll"), "one.csx"], Look().Select(file => file.Name));
    }

    [Fact]
    public void Look_LinkThatLeadsNowhere_IsToldAndTheIndexStays()
    {
        File.CreateSymbolicLink(Path.Combine(Plugins, "gone.csx"), Path.Combine(_root, "nowhere.csx"));
        Write("two.csx", "broken");
        var gone = Look().Single(file => file.Name == "gone.csx");
        Assert.EndsWith("is a symbolic link that leads to no regular file", gone.Error, StringComparison.Ordinal);

        var (compiled, written) = (_compiled, File.GetLastWriteTimeUtc(Index));
        Assert.Equal(3, Look().Count);
        Assert.Equal((compiled, written), (_compiled, File.GetLastWriteTimeUtc(Index)));

        Write("../nowhere.csx", "first");
        Assert.Null(Look().Single(file => file.Name == "gone.csx").Error);
    }

    private static (string, string, string, string) Seen(PluginFile file) => file.Plugins[0] is var plugin ? (plugin.Name, plugin.Description, plugin.Version, plugin.TypeName) : default;

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(Plugins, name), text);

    /// <summary>Each time with a scan of its own, as another process would have.</summary>
    private IReadOnlyList<PluginFile> Look(params string[] loaded) =>
        new PluginScan(CacheDirectory.At(Cache, CacheDirectory.Shared), [], path => Compile(path) with { Sources = [path, .. loaded] }).Look(Plugins);

    private CompiledScript Compile(string path)
    {
        Interlocked.Increment(ref _compiled);
        return File.ReadAllText(path) == "broken"
            ? throw new TacHostException(ExitCode.BadTac, "it does not compile")
            : new CompiledScript([new CodeImage(_image, [])], [], [path], []);
    }
}
