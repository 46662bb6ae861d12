namespace TacHost.Tests.Logging;

/// <summary>A file system that is full after a few lines.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private SmallDisk()
    {
    }

    public string Path => _directory.Path;

    /// <summary>Skips the test where it cannot be had.</summary>
    public static SmallDisk MountOrSkip(string size)
    {
        Assert.SkipUnless(Command.IsRoot, "mounting a small disk needs root");
        var disk = new SmallDisk();
        if (Command.TryRun("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", disk.Path) is not null)
            return disk;
        disk._directory.Dispose();
        Assert.Skip("a tmpfs cannot be mounted here");
        return disk;
    }

    public void Dispose()
    {
        Command.Run("umount", "-l", Path);
        _directory.Dispose();
    }
}
