using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>The resolution of a path up to the directory of its last component. Each component is opened through the descriptor of the previous one.</summary>
/// <remarks>
/// Every component is checked through the same descriptor that the walk continues with, so it cannot be replaced between check and use.
/// A path is trusted if only this user and root can change where it leads. Every directory and symbolic link must belong
/// to one of the two. A directory must not be writable by others unless it is sticky, such as /tmp.
/// </remarks>
internal sealed class PathWalk : IDisposable
{
    private const int LongestChain = 40; // of symbolic links, as in path_resolution(7)
    private const string Itself = ".";
    private const string MagicLinks = "/proc/";

    private readonly uint _me = LibcAccounts.GetEuid();
    private readonly bool _trustsOwnGroup;
    private readonly bool _refusesForeignLinks;
    private readonly Stack<string> _ahead = new();
    private SafeFileHandle? _directory;
    private string _place = "/";
    private int _links;

    private PathWalk(bool trustsOwnGroup, bool refusesForeignLinks) => (_trustsOwnGroup, _refusesForeignLinks) = (trustsOwnGroup, refusesForeignLinks);

    /// <summary>Gets the directory of the last component, opened with O_PATH.</summary>
    /// <exception cref="InvalidOperationException">The walk failed.</exception>
    public SafeFileHandle Directory => _directory ?? throw new InvalidOperationException("The path was not opened.");

    /// <summary>Gets the name of the last component in <see cref="Directory"/>, or "." for the root and for an entered directory.</summary>
    public string Name { get; private set; } = Itself;

    /// <summary>Gets the path of <see cref="Directory"/> without symbolic links.</summary>
    public string DirectoryPlace => _place;

    /// <summary>Gets the path without symbolic links.</summary>
    public string Place => Name == Itself ? _place : Path.Combine(_place, Name);

    /// <summary>Gets the error that ended the walk, or 0. A missing last component is not an error.</summary>
    public int Error { get; private set; }

    /// <summary>
    /// Gets the reason why another user could change where the path leads, or null. The last
    /// component is not checked, unless it is a symbolic link.
    /// </summary>
    public string? Distrust { get; private set; }

    /// <summary>Gets whether the last component is a magic link of proc(5), which only the kernel can follow.</summary>
    public bool IsMagic { get; private set; }

    /// <summary>Resolves a path up to the directory of its last component.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="followsLast">True to follow a symbolic link at the end.</param>
    /// <param name="entersLast">True if the last component is a directory to enter, which <see cref="Directory"/> is then.</param>
    /// <param name="trustsOwnGroup">True to allow write access for the group with the ID of the user. Such a private group has no other members.</param>
    /// <param name="refusesForeignLinks">True to fail with ELOOP at a symbolic link that another user could have created.</param>
    public static PathWalk Along(string path, bool followsLast = true, bool entersLast = false, bool trustsOwnGroup = false, bool refusesForeignLinks = false)
    {
        PathWalk walk = new(trustsOwnGroup, refusesForeignLinks);
        walk.Push(entersLast ? path + "/" + Itself : path);
        walk.Return();
        while (walk.Error == 0 && walk._ahead.TryPop(out var name))
            walk.Step(name, followsLast || walk._ahead.Count > 0);
        return walk;
    }

    /// <summary>Opens the last component, never through a symbolic link.</summary>
    /// <param name="flags">The flags.</param>
    /// <param name="mode">The mode of a created file.</param>
    /// <param name="waits">True to wait for the other end of a pipe.</param>
    /// <returns>The file, or null after an error, which <see cref="Marshal.GetLastPInvokeError"/> returns.</returns>
    public SafeFileHandle? Open(OpenFlags flags, uint mode = 0, bool waits = false)
    {
        var descriptor = LibcFiles.OpenAt(Directory, Name, flags | OpenFlags.CloseOnExec | (waits ? 0 : OpenFlags.NonBlocking) | (IsMagic ? 0 : OpenFlag.NoFollow), mode);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Transfers the ownership of the directory of the last component to the caller.</summary>
    public SafeFileHandle TakeDirectory()
    {
        var directory = Directory;
        _directory = null;
        return directory;
    }

    /// <summary>Returns the reason why a file at the end of the path cannot be trusted, or null.</summary>
    public string? ExplainDistrust(in FileStatus status) => Distrust ?? ExplainDistrust(status, Place, forbidsSticky: false);

    /// <summary>Returns the reason why <see cref="Directory"/> must not be searched for trusted files, or null. Others must not even be able to add files.</summary>
    public string? ExplainSearchDistrust() => Distrust ?? ExplainDistrust(FileStatusOf.Open(Directory) ?? default, _place, forbidsSticky: true);

    public void Dispose() => _directory?.Dispose();

    private void Push(string path)
    {
        var names = path.Split('/');
        for (var i = names.Length - 1; i >= 0; i--)
        {
            if (names[i].Length > 0 && (names[i] != Itself || i == names.Length - 1))
                _ahead.Push(names[i]);
        }
    }

    private void Return()
    {
        _place = "/";
        Enter(new SafeFileHandle(Libc.Open("/", OpenFlags.PathOnly | OpenFlags.CloseOnExec, 0), ownsHandle: true));
    }

    private void Step(string name, bool follows)
    {
        if (Look(name, OpenFlag.NoFollow) is not { } next)
        {
            Error = Marshal.GetLastPInvokeError();
            if (Error == Errno.NoSuchFile && _ahead.Count == 0)
                (Name, Error) = (name, 0);
            return;
        }

        var status = FileStatusOf.Open(next) ?? default;
        if (status.IsSymbolicLink && follows)
        {
            Follow(name, next, status);
        }
        else if (_ahead.Count == 0 && name != "..")
        {
            Name = name;
            next.Dispose();
        }
        else if (status.IsDirectory)
        {
            _place = name == ".." ? Path.GetDirectoryName(_place) ?? "/" : Path.Combine(_place, name);
            Enter(next);
        }
        else
        {
            next.Dispose();
            Error = Errno.NotADirectory;
        }
    }

    private void Follow(string name, SafeFileHandle link, in FileStatus status)
    {
        using (link)
        {
            if (status.UserId != _me && status.UserId != 0)
                Distrust ??= $"'{Path.Combine(_place, name)}' is a symbolic link that belongs to {Owner(status)}";
            if (++_links > LongestChain || (_refusesForeignLinks && Distrust is not null))
                Error = Errno.TooManyLinks;
            else if (Distrust is null && _place.StartsWith(MagicLinks, StringComparison.Ordinal))
                FollowMagic(name);
            else if (LibcFiles.ReadLink(link) is not { } target)
                Error = Marshal.GetLastPInvokeError();
            else
                GoTo(target);
        }
    }

    private void GoTo(string target)
    {
        Push(target);
        if (target.StartsWith('/'))
            Return();
    }

    private void FollowMagic(string name)
    {
        if (_ahead.Count == 0)
            (Name, IsMagic) = (name, true);
        else if (Look(name, 0) is { } directory)
            Enter(directory);
        else
            Error = Marshal.GetLastPInvokeError();
    }

    private void Enter(SafeFileHandle directory)
    {
        _directory?.Dispose();
        _directory = directory;
        Distrust ??= ExplainDistrust(FileStatusOf.Open(directory) ?? default, _place, forbidsSticky: false);
    }

    private SafeFileHandle? Look(string name, OpenFlags flags)
    {
        var descriptor = LibcFiles.OpenAt(Directory, name, OpenFlags.PathOnly | OpenFlags.CloseOnExec | flags, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private string? ExplainDistrust(in FileStatus status, string place, bool forbidsSticky)
    {
        if (status.UserId != _me && status.UserId != 0)
            return $"'{place}' belongs to {Owner(status)}";
        var isWritable = status.IsWritableByOthers && !(_trustsOwnGroup && status.GroupId == _me && !status.IsWritableByAll);

        // In a sticky directory, others can add files, but cannot replace this one.
        return isWritable && (forbidsSticky || !(status.IsDirectory && status.IsSticky)) ? $"others can write to '{place}'" : null;
    }

    private static string Owner(in FileStatus status) =>
        Accounts.User(status.UserId) is { } user ? $"another user, '{user.Name}'" : $"another user, {status.UserId}";
}
