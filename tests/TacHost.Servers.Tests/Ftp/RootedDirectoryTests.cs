using System.Diagnostics;
using CsCheck;
using Microsoft.Win32.SafeHandles;
using TacHost.Ftp.Files;
using TacHost.Native;

namespace TacHost.Servers.Tests.Ftp;

/// <summary>With the kernel's help and without: nothing outside is opened.</summary>
public sealed class RootedDirectoryTests : IDisposable
{
    private static readonly string[] _parts = ["..", ".", "", "a", "b", "file", "out", "up", "deep", "absolute", "self", "proc", "\\", "%2e%2e", "x", "é"];

    private readonly TemporaryDirectory _directory = new();
    private readonly string _root;

    public RootedDirectoryTests()
    {
        _root = Directory.CreateDirectory(_directory["root"]).FullName;
        Directory.CreateDirectory(_directory["outside"]);
        File.WriteAllText(_directory["outside/file"], "secret");
        Directory.CreateDirectory(In("a/b"));
        File.WriteAllText(In("a/file"), "inside");
        foreach (var (name, target) in ((string, string)[])
        [
            ("a/out", "../../outside"), ("absolute", _directory["outside"]), ("a/b/up", "../../.."), ("deep", "a/b"), ("self", "self"),
            ("proc", "/proc/self/root"), ("a/x", In("a/file")), ("b", "a/../../root/a"),
        ])
        {
            File.CreateSymbolicLink(In(name), target);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OpenFile_FileWithAnotherNameOutside_IsReadButNotWrittenByRoot(bool byName)
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root has to take care");
        Process.Start("ln", [_directory["outside/file"], In("a/hard")]).WaitForExit();
        using var root = RootedDirectory.Open(_root, byName);
        var path = VirtualPath.Root.Resolve("a/hard");
        root.OpenFile(path, OpenFlags.ReadOnly).Dispose();
        foreach (var flags in new[] { OpenFlags.WriteOnly, OpenFlags.WriteOnly | OpenFlags.Create, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append })
        {
            var e = Assert.Throws<FileRefusedException>(() => root.OpenFile(path, flags));
            Assert.Equal("Permission denied.", e.Message);
            Assert.Contains("'/a/hard' has several names", e.Warning, StringComparison.Ordinal);
        }

        root.OpenFile(VirtualPath.Root.Resolve("a/file"), OpenFlags.WriteOnly).Dispose();
        Assert.Equal("secret", File.ReadAllText(_directory["outside/file"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OpenFile_AnyPath_StaysInside(bool byName)
    {
        using var root = RootedDirectory.Open(_root, byName);
        var opened = 0;

        // All short paths, so that the few that open a file are among them, and some of the long ones.
        Assert.All(_parts.SelectMany(first => _parts.SelectMany(second => _parts.Select(third => (string[])[first, second, third]))), parts => Assert.True(OpensNothingOutside(parts)));
        Assert.NotEqual(0, opened);
        Gen.Int[0, _parts.Length - 1].Select(i => _parts[i]).Array[4, 6].Sample(OpensNothingOutside, iter: 3000, threads: 1);

        bool OpensNothingOutside(string[] parts)
        {
            try
            {
                using var file = root.OpenFile(VirtualPath.Root.Resolve(string.Join('/', parts)), OpenFlags.ReadOnly);
                opened++;
                return IsInside(file);
            }
            catch (FileRefusedException)
            {
                return true;
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Changes_ThroughLinksThatLeadOut_AreRefused(bool byName)
    {
        using var root = RootedDirectory.Open(_root, byName);
        foreach (var way in (string[])["a/out", "absolute", "a/b/up", "proc"])
        {
            Assert.Throws<FileRefusedException>(() => root.Delete(At($"{way}/file")));
            Assert.Throws<FileRefusedException>(() => root.MakeDirectory(At($"{way}/new")));
            Assert.Throws<FileRefusedException>(() => root.RemoveDirectory(At($"{way}/outside")));
            Assert.Throws<FileRefusedException>(() => root.Rename(At("a/file"), At($"{way}/new")));
            Assert.Throws<FileRefusedException>(() => root.Rename(At($"{way}/file"), At("stolen")));
            Assert.Throws<FileRefusedException>(() => root.OpenFile(At($"{way}/new"), OpenFlags.WriteOnly | OpenFlags.Create));
            Assert.Throws<FileRefusedException>(() => root.SetModified(At($"{way}/file"), DateTimeOffset.UnixEpoch));
            Assert.Throws<FileRefusedException>(() => root.Entries(At(way)));
            Assert.Throws<FileRefusedException>(() => root.StatusOf(At(way)));
            Assert.Throws<FileRefusedException>(() => root.OpenRoot(At(way)));
        }

        Assert.Equal(["file"], Directory.GetFileSystemEntries(_directory["outside"]).Select(Path.GetFileName));
        Assert.Equal("secret", File.ReadAllText(_directory["outside/file"]));
    }

    [Fact]
    public void OpenFile_LinkThatStaysInside_IsFollowedWithTheKernelsHelp()
    {
        using var root = RootedDirectory.Open(_root);
        Assert.SkipUnless(root.FollowsLinks, "this kernel has no openat2(2)");
        root.MakeDirectory(At("deep/new"));
        Assert.True(Directory.Exists(In("a/b/new")));
        using var byName = RootedDirectory.Open(_root, byName: true);
        Assert.Throws<FileRefusedException>(() => byName.StatusOf(At("deep/new")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OpenFile_DirectoryExchangedForALinkMeanwhile_StaysInside(bool byName)
    {
        using var root = RootedDirectory.Open(_root, byName);
        Directory.CreateDirectory(In("swap"));
        File.WriteAllText(In("swap/file"), "inside");
        File.CreateSymbolicLink(In("evil"), _directory["outside"]);
        using CancellationTokenSource stop = new();
        var swapping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Directory.Move(In("swap"), In("aside"));
                Directory.Move(In("evil"), In("swap"));
                Directory.Move(In("swap"), In("evil"));
                Directory.Move(In("aside"), In("swap"));
            }
        }, TestContext.Current.CancellationToken);
        var (inside, refused) = (0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            try
            {
                using var file = root.OpenFile(At("swap/file"), OpenFlags.ReadOnly);
                inside++;
                var buffer = new byte[10];
                Assert.Equal("inside"u8, buffer.AsSpan(0, RandomAccess.Read(file, buffer, 0)));
            }
            catch (FileRefusedException)
            {
                refused++;
            }
        }

        await stop.CancelAsync();
        await swapping.Soon();
        TestContext.Current.TestOutputHelper?.WriteLine($"{inside} opened, {refused} refused");
        Assert.NotEqual(0, inside);
    }

    [Fact]
    public async Task OpenFile_NamedPipe_IsRefusedAtOnce()
    {
        await RealClient.RunAsync("mkfifo", "", In("pipe"));
        using var root = RootedDirectory.Open(_root);
        Assert.Throws<FileRefusedException>(() => root.OpenFile(At("pipe"), OpenFlags.ReadOnly));
        Assert.Throws<FileRefusedException>(() => root.OpenFile(At("pipe"), OpenFlags.WriteOnly));
    }

    [Fact]
    public void Entries_NamesThatNoClientCouldSay_AreLeftOut()
    {
        File.WriteAllText(In("a/line\nbreak"), "");
        using var root = RootedDirectory.Open(_root);
        Assert.Equal(["b", "file"], root.Entries(At("a")).Select(entry => entry.Name).Order(StringComparer.Ordinal));
    }

    public void Dispose() => _directory.Dispose();

    private static VirtualPath At(string path) => VirtualPath.Root.Resolve(path);

    private string In(string path) => Path.Combine(_root, path);

    private bool IsInside(SafeFileHandle file) =>
        File.ResolveLinkTarget($"/proc/self/fd/{file.DangerousGetHandle()}", returnFinalTarget: false)?.FullName.StartsWith(_root + "/", StringComparison.Ordinal) == true;
}
